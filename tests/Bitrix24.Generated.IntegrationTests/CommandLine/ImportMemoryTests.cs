using System.Net;
using Bitrix24.CommandLine;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Tests;

[Collection(nameof(AloneCollection))]
public sealed class ImportMemoryTests
{
    [Fact]
    public async Task Memory_does_not_grow_with_the_file()
    {
        const int Rows = 100_000;
        const int SmallestObject = 24;
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "lists.csv");
        await File.WriteAllLinesAsync(
            path,
            Enumerable.Range(1, Rows).Select(id => FormattableString.Invariant($"contact,{id}")).Prepend("type,ids")
        );
        using var client = new TestClient(new AnsweringHandler());
        using var report = ImportReport.Open(path + ".report.csv", "portal");
        var import = new CallListImport(client.Bitrix24, path, report, resendUnknown: false, maxConcurrency: 1);
        var (early, late) = (long.MaxValue, long.MaxValue);

        await import.RunAsync(
            new ImportSummary(import.Check()),
            done =>
            {
                if (done.Done is 2000 or 2500 or 3000)
                {
                    early = Math.Min(early, InUse());
                }
                else if (done.Done is Rows - 1000 or Rows - 500 or Rows)
                {
                    late = Math.Min(late, InUse());
                }
            },
            CancellationToken.None
        );

        // The limit detects a small object per row, but not memory that other tests have left.
        Assert.True(late - early < SmallestObject / 2 * Rows, $"{early} bytes near the beginning, {late} at the end.");
    }

    private static long InUse()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    /// <summary>Represents a portal that stores nothing.</summary>
    private sealed class AnsweringHandler : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var commands = (JObject)JObject.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))["cmd"]!;
            var results = new JObject(commands.Properties().Select(command => new JProperty(command.Name, 7)));
            var answer = new JObject
            {
                ["result"] = new JObject { ["result"] = results, ["result_error"] = new JArray() },
            };
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(answer.ToString()) };
        }
    }
}
