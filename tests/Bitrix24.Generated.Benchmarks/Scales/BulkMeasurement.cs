using System.Diagnostics;
using System.Globalization;

namespace Bitrix24.Benchmarks;

/// <summary>Measures the number of requests for 500 call lists, and the total time in multiples of the requests' own time.</summary>
internal static class BulkMeasurement
{
    internal const string Command = "bulk";

    private const int Lists = 500;
    private const int Rounds = 15;

    // A real portal needs some tenths of a second per list. This one is much faster.
    private static readonly TimeSpan PerBatch = TimeSpan.FromMilliseconds(50);

    internal static async Task<int> RunAsync()
    {
        var portal = new BatchHandler(PerBatch);
        using var client = new StubbedClient(portal);
        var requests = Enumerable
            .Range(0, Lists)
            .Select(list => new AddCallListRequest
            {
                EntityType = CallListEntityType.Contact,
                Entities = [.. Enumerable.Range(list * 20, 20).Select(id => 100_001L + id)],
            })
            .ToList();
        var ratios = new List<double>();
        for (var round = -2; round < Rounds; round++)
        {
            portal.Reset();
            var started = Stopwatch.GetTimestamp();
            var made = await client.Bitrix24.AddCallListsAsync(requests).CountAsync(outcome => outcome.Id is not null);
            var all = Stopwatch.GetElapsedTime(started);
            if (made != Lists)
            {
                throw new InvalidOperationException($"{made} lists were made.");
            }

            if (round >= 0)
            {
                ratios.Add(all / portal.Own);
            }
        }

        ratios.Sort();
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                {Lists} lists of 20 ids: {portal.Requests} requests, {ratios[Rounds / 2]:N3} ({ratios[0]:N3}-{ratios[^1]:N3}) times their own time
                of {PerBatch.TotalMilliseconds} ms each
                """
            )
        );
        return 0;
    }
}
