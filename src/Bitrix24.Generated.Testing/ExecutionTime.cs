using Newtonsoft.Json.Linq;

namespace Bitrix24.Testing;

/// <summary>Writes the <c>time</c> block of an answer, and sums up what each method has used in ten one-minute buckets.</summary>
internal sealed class ExecutionTime(TimeProvider clock, TimeSpan utcOffset)
{
    private static readonly TimeSpan BucketLength = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BucketLife = TimeSpan.FromMinutes(10);

    private readonly object sync = new();
    private readonly Dictionary<string, List<Bucket>> used = new(StringComparer.Ordinal);

    internal JObject Block(string method, DateTimeOffset start, DateTimeOffset processingStart)
    {
        var finish = clock.GetUtcNow();
        var processing = (finish - processingStart).TotalSeconds;
        var (operating, resetAt) = Charge(method, processingStart, processing);
        return new JObject
        {
            ["start"] = UnixSeconds(start),
            ["finish"] = UnixSeconds(finish),
            ["duration"] = (finish - start).TotalSeconds,
            ["processing"] = processing,
            ["date_start"] = Date(start),
            ["date_finish"] = Date(finish),
            ["operating_reset_at"] = resetAt.ToUnixTimeSeconds(),
            ["operating"] = operating,
        };
    }

    private (double Operating, DateTimeOffset ResetAt) Charge(string method, DateTimeOffset begun, double seconds)
    {
        lock (sync)
        {
            if (!used.TryGetValue(method, out var buckets))
            {
                used.Add(method, buckets = []);
            }

            buckets.RemoveAll(bucket => bucket.Begun + BucketLife <= begun);
            if (buckets.Count == 0 || buckets[buckets.Count - 1].Begun + BucketLength <= begun)
            {
                buckets.Add(new Bucket(begun));
            }

            buckets[buckets.Count - 1].Seconds += seconds;
            return (buckets.Sum(bucket => bucket.Seconds), buckets[0].Begun + BucketLife);
        }
    }

    private static double UnixSeconds(DateTimeOffset moment) => (moment - DateTimeOffset.FromUnixTimeSeconds(0)).Ticks / 10 / 1e6;

    private string Date(DateTimeOffset moment) => moment.ToOffset(utcOffset).ToString("yyyy-MM-dd'T'HH:mm:sszzz", System.Globalization.CultureInfo.InvariantCulture);

    private sealed class Bucket(DateTimeOffset begun)
    {
        public DateTimeOffset Begun { get; } = begun;

        public double Seconds { get; set; }
    }
}
