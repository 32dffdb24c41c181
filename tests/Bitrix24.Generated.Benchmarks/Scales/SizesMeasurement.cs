using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Bitrix24.Benchmarks;

/// <summary>
/// Measures the cost of a call per id, from one id to a million, and the allocations of the first call of each size in multiples of its
/// body, without a network. Sizes share the buffer pool, so the largest size shows the memory that a call needs.
/// </summary>
internal static class SizesMeasurement
{
    internal const string Command = "sizes";

    private const int Rounds = 15;

    /// <summary>Arguments: <c>shuffled</c> for ids in random order instead of ascending order.</summary>
    internal static async Task<int> RunAsync(string[] arguments)
    {
        var answer = Encoding.ASCII.GetBytes(LoopbackServer.Answer);
        Console.WriteLine("| ids | ns per id | bytes of the first call in bodies |");
        Console.WriteLine("|---|---|---|");
        for (var count = 1; count <= 1_000_000; count *= 10)
        {
            var ids = Enumerable.Range(1_000_001, count).Select(id => (long)id).ToArray();
            if (arguments is ["shuffled"])
            {
                new Random(7).Shuffle(ids);
            }

            var (time, bytes) = await MeasureAsync(answer, ids);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {count:N0} | {time:N0} | {bytes:N2} |"));
        }

        return 0;
    }

    private static async Task<(double NanosecondsPerId, double Bodies)> MeasureAsync(byte[] answer, long[] ids)
    {
        using var client = new StubbedClient(answer);
        var first = GC.GetTotalAllocatedBytes(precise: true);
        await client.AddAsync(ids);
        first = GC.GetTotalAllocatedBytes(precise: true) - first;

        var calls = Math.Max(1, 20_000 / ids.Length);
        var times = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var started = Stopwatch.GetTimestamp();
            for (var call = 0; call < calls; call++)
            {
                await client.AddAsync(ids);
            }

            times.Add(Stopwatch.GetElapsedTime(started).TotalNanoseconds / calls / ids.Length);
        }

        // Seven digits and a comma per id, and the text around them.
        return (times.Order().ElementAt(Rounds / 2), first / ((8.0 * ids.Length) + 60));
    }
}
