using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Bitrix24.Benchmarks;

/// <summary>Responds to batches from memory after a delay, and adds up the delays.</summary>
internal sealed partial class BatchHandler(TimeSpan perBatch) : HttpMessageHandler
{
    internal int Requests { get; private set; }

    /// <summary>Gets the total delay of the requests.</summary>
    internal TimeSpan Own { get; private set; }

    internal void Reset() => (Requests, Own) = (0, default);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var body = await request.Content!.ReadAsStringAsync(cancellationToken);
        await Task.Delay(perBatch, cancellationToken);
        var results = string.Join(',', Key().Matches(body).Select((key, index) => key.Value + (index + 11)));
        var response = new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = new StringContent(
                $"{{\"result\":{{\"result\":{{{results}}},\"result_error\":[],\"result_total\":[],\"result_next\":[],\"result_time\":[]}}}}",
                Encoding.UTF8,
                "application/json"
            ),
            RequestMessage = request,
        };
        Requests++;
        Own += Stopwatch.GetElapsedTime(started);
        return response;
    }

    [GeneratedRegex("\"c[0-9]+\":", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Key();
}
