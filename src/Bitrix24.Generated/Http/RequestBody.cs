using System.Net;
using System.Text;
using Bitrix24.Errors;
using Newtonsoft.Json;

namespace Bitrix24.Http;

/// <summary>The JSON body of one attempt, stamped with the access token where there is one: the one place that writes it.</summary>
/// <remarks>It goes out with a <c>Content-Length</c>: some front ends refuse chunked requests.</remarks>
internal sealed class RequestBody : HttpContent
{
    private readonly SerializedRequest request;
    private readonly byte[] stamp;
    private int disposed;

    internal RequestBody(SerializedRequest request, string? accessToken)
    {
        this.request = request;
        request.Retain();

        // In place of the bracket at the end.
        stamp = accessToken is null ? [] : Encoding.UTF8.GetBytes($"{(request.IsEmptyObject ? string.Empty : ",")}\"auth\":{JsonConvert.ToString(accessToken)}}}");
        Headers.TryAddWithoutValidation("Content-Type", "application/json");
    }

    /// <summary>Gets whether any of the body was handed to a connection. If not, the portal cannot have run the call.</summary>
    internal Departure Departure { get; } = new();

    /// <summary>
    /// Gets or sets what says whether the connections may send the body again; <see langword="null"/> when they may not. They do so when a
    /// server refuses a stream of HTTP/2, which means that it did not process the request.
    /// </summary>
    internal SingleSendToken? Token { get; set; }

    /// <summary>Is called when the body has left, as far as it has.</summary>
    internal Action? Sent { get; init; }

    private int CountBeforeStamp => stamp.Length == 0 ? request.Length : request.Length - 1;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SendAsync(stream, CancellationToken.None);

#if NET
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) => SendAsync(stream, cancellationToken);
#endif

    protected override bool TryComputeLength(out long length)
    {
        length = CountBeforeStamp + stamp.Length;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref disposed, 1) == 0)
        {
            Departure.End();
            request.Release();
        }

        base.Dispose(disposing);
    }

    private async Task SendAsync(Stream target, CancellationToken cancellationToken)
    {
        if (!Departure.TryBegin() && !(Departure.HasBegun && Token is { IsRepeatedSafely: true }))
        {
            throw new SentAgainException();
        }

        request.Retain();
        try
        {
            await request.WriteToAsync(target, CountBeforeStamp, cancellationToken).ConfigureAwait(false);
            if (stamp.Length > 0)
            {
#if NET
                await target.WriteAsync(stamp.AsMemory(), cancellationToken).ConfigureAwait(false);
#else
                await target.WriteAsync(stamp, 0, stamp.Length, cancellationToken).ConfigureAwait(false);
#endif
            }
        }
        finally
        {
            request.Release();
            Sent?.Invoke();
        }
    }
}
