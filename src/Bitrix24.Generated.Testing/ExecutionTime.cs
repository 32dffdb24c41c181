using Newtonsoft.Json.Linq;

namespace Bitrix24.Testing;

/// <summary>Writes the <c>time</c> block of an answer, and sums up what each method of a caller has used in ten one-minute buckets.</summary>
internal sealed class ExecutionTime(SimulatedPortalOptions options)
{
    private static readonly TimeSpan BucketLength = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BucketLife = TimeSpan.FromMinutes(10);

    private readonly TimeProvider clock = options.TimeProvider;
    private readonly object sync = new();
    private readonly Dictionary<(string Application, string Method), List<Bucket>> used = [];

    /// <summary>Whether a method has used more than the portal allows: the sum counts before a call, not after it.</summary>
    internal bool IsUsedUp(Caller caller, string method)
    {
        lock (sync)
        {
            return options.ExecutionTimeLimit is { } limit && BucketsOf(caller, method, clock.GetUtcNow()).Sum(bucket => bucket.Seconds) > limit.TotalSeconds;
        }
    }

    /// <summary>The block of a call that is charged to its method.</summary>
    internal JObject Block(DateTimeOffset start, DateTimeOffset processingStart, Caller caller, string method)
    {
        var block = Block(start, processingStart);
        return Charged(block, caller, method, processingStart, Processing(block));
    }

    /// <summary>The block of a command. Its <c>operating</c> is the sum of the batch so far: a portal charges the batch, not the command.</summary>
    internal JObject CommandBlock(DateTimeOffset start, DateTimeOffset processingStart, ref double usedByBatch)
    {
        var block = Block(start, processingStart);
        usedByBatch += Processing(block);
        block["operating_reset_at"] = (processingStart + BucketLife).ToUnixTimeSeconds();
        block["operating"] = usedByBatch;
        return block;
    }

    /// <summary>The block of a batch, which is charged to the method <c>batch</c>.</summary>
    internal JObject BatchBlock(DateTimeOffset start, DateTimeOffset processingStart, Caller caller, double usedByBatch) =>
        Charged(Block(start, processingStart), caller, "batch", processingStart, usedByBatch);

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

    private JObject Charged(JObject block, Caller caller, string method, DateTimeOffset begun, double seconds)
    {
        var (operating, resetAt) = Charge(caller, method, begun, seconds);
        block["operating_reset_at"] = resetAt.ToUnixTimeSeconds();
        block["operating"] = operating;
        return block;
    }

    private (double Operating, DateTimeOffset ResetAt) Charge(Caller caller, string method, DateTimeOffset begun, double seconds)
    {
        lock (sync)
        {
            var buckets = BucketsOf(caller, method, begun);
            if (buckets.Count == 0 || buckets[^1].Begun + BucketLength <= begun)
            {
                buckets.Add(new Bucket(begun));
            }

            buckets[^1].Seconds += seconds;
            return (buckets.Sum(bucket => bucket.Seconds), buckets[0].Begun + BucketLife);
        }
    }

    private List<Bucket> BucketsOf(Caller caller, string method, DateTimeOffset now)
    {
        if (!used.TryGetValue((caller.Application, method), out var buckets))
        {
            used.Add((caller.Application, method), buckets = []);
        }

        buckets.RemoveAll(bucket => bucket.Begun + BucketLife <= now);
        return buckets;
    }

    private static double UnixSeconds(DateTimeOffset moment) => (moment - DateTimeOffset.FromUnixTimeSeconds(0)).Ticks / 10 / 1e6;

    private string Date(DateTimeOffset moment) => moment.ToOffset(options.UtcOffset).ToString("yyyy-MM-dd'T'HH:mm:sszzz", System.Globalization.CultureInfo.InvariantCulture);

    private sealed class Bucket(DateTimeOffset begun)
    {
        public DateTimeOffset Begun { get; } = begun;

        public double Seconds { get; set; }
    }
}
