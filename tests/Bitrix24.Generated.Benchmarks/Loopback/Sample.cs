using System.Diagnostics;

namespace Bitrix24.Benchmarks;

/// <summary>Represents the result of one measurement of one client, per call.</summary>
/// <param name="Time">Wall time in microseconds.</param>
/// <param name="Cpu">Processor time of the client's process in microseconds.</param>
/// <param name="Bytes">The number of allocated bytes.</param>
internal sealed record Sample(double Time, double Cpu, double Bytes)
{
    internal static async Task<Sample> TakeAsync(ICandidate candidate, IReadOnlyList<long> ids, int inFlight, int calls)
    {
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var started = Stopwatch.GetTimestamp();

        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(_ => CallAsync(candidate, ids, calls / inFlight)));

        var time = Stopwatch.GetElapsedTime(started);
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - bytes;
        process.Refresh();
        return new(time.TotalMicroseconds / calls, (process.TotalProcessorTime - cpu).TotalMicroseconds / calls, (double)allocated / calls);
    }

    private static async Task CallAsync(ICandidate candidate, IReadOnlyList<long> ids, int calls)
    {
        for (var call = 0; call < calls; call++)
        {
            if (await candidate.AddAsync(ids) != 11)
            {
                throw new InvalidOperationException($"{candidate.Name} read another result.");
            }
        }
    }
}
