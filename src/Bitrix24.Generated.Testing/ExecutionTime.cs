using System.Globalization;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Testing;

/// <summary>
/// Writes the <c>time</c> block of a response. Adds up the execution time of each method and caller in ten one-minute buckets.
/// </summary>
internal sealed class ExecutionTime(SimulatedPortalOptions options)
{
    private static readonly TimeSpan BucketLength = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BucketLifetime = TimeSpan.FromMinutes(10);

    private readonly TimeProvider clock = options.TimeProvider;
    private readonly object sync = new();
    private readonly Dictionary<(string Application, string Method), List<Bucket>> used = [];

    /// <summary>Returns whether the earlier calls of a method have exceeded the limit.</summary>
    internal bool IsUsedUp(Caller caller, string method)
    {
        lock (sync)
        {
            return options.ExecutionTimeLimit is { } limit
                && BucketsOf(caller, method, clock.GetUtcNow()).Sum(bucket => bucket.Seconds) > limit.TotalSeconds;
        }
    }

    /// <summary>Returns the block of a call, which is charged to its method.</summary>
    internal JObject Block(DateTimeOffset start, DateTimeOffset processingStart, Caller caller, string method)
    {
        var block = Block(start, processingStart);
        return WithCharge(block, caller, method, processingStart, Processing(block));
    }

    /// <summary>
    /// Returns the block of a command. Its <c>operating</c> is the sum of the batch so far, because a portal charges the batch.
    /// </summary>
    internal JObject CommandBlock(DateTimeOffset start, DateTimeOffset processingStart, ref double usedByBatch)
    {
        var block = Block(start, processingStart);
        usedByBatch += Processing(block);
        block["operating_reset_at"] = (processingStart + BucketLifetime).ToUnixTimeSeconds();
        block["operating"] = usedByBatch;
        return block;
    }

    /// <summary>Returns the block of a batch, which is charged to the method <c>batch</c>.</summary>
    internal JObject BatchBlock(DateTimeOffset start, DateTimeOffset processingStart, Caller caller, double usedByBatch) =>
        WithCharge(Block(start, processingStart), caller, "batch", processingStart, usedByBatch);

    private JObject Block(DateTimeOffset start, DateTimeOffset processingStart)
    {
        var finish = clock.GetUtcNow();
        return new JObject
        {
            ["start"] = UnixSeconds(start),
            ["finish"] = UnixSeconds(finish),
            ["duration"] = (finish - start).TotalSeconds,
            ["processing"] = (finish - processingStart).TotalSeconds,
            ["date_start"] = Date(start),
            ["date_finish"] = Date(finish),
        };
    }

    private double Processing(JObject block) => (double)block["processing"]! + options.ProcessingTime.TotalSeconds;

    private JObject WithCharge(JObject block, Caller caller, string method, DateTimeOffset start, double seconds)
    {
        var (operating, resetAt) = Charge(caller, method, start, seconds);
        block["operating_reset_at"] = resetAt.ToUnixTimeSeconds();
        block["operating"] = operating;
        return block;
    }

    private (double Operating, DateTimeOffset ResetAt) Charge(Caller caller, string method, DateTimeOffset start, double seconds)
    {
        lock (sync)
        {
            var buckets = BucketsOf(caller, method, start);
            if (buckets.Count == 0 || buckets[^1].Start + BucketLength <= start)
            {
                buckets.Add(new Bucket(start));
            }

            buckets[^1].Seconds += seconds;
            return (buckets.Sum(bucket => bucket.Seconds), buckets[0].Start + BucketLifetime);
        }
    }

    private List<Bucket> BucketsOf(Caller caller, string method, DateTimeOffset now)
    {
        if (!used.TryGetValue((caller.Application, method), out var buckets))
        {
            used.Add((caller.Application, method), buckets = []);
        }

        buckets.RemoveAll(bucket => bucket.Start + BucketLifetime <= now);
        return buckets;
    }

    private static double UnixSeconds(DateTimeOffset moment) => (moment - DateTimeOffset.FromUnixTimeSeconds(0)).Ticks / 10 / 1e6;

    private string Date(DateTimeOffset moment) =>
        moment.ToOffset(options.UtcOffset).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    private sealed class Bucket(DateTimeOffset start)
    {
        public DateTimeOffset Start { get; } = start;

        public double Seconds { get; set; }
    }
}
