namespace Bitrix24.Testing;

/// <summary>Represents the leaky bucket of a portal. Each request adds one, and some are removed every second.</summary>
internal sealed class RequestBucket(TimeProvider clock, int threshold, double perSecond)
{
    private readonly object sync = new();
    private readonly long started = clock.GetTimestamp();
    private double level;
    private long second;

    /// <summary>Adds a request if the bucket has room for it, and returns whether it had.</summary>
    public bool TryAdd()
    {
        lock (sync)
        {
            var now = (long)clock.GetElapsedTime(started).TotalSeconds;
            level = Math.Max(0, level - ((now - second) * perSecond));
            second = now;
            if (level + 1 > threshold)
            {
                return false;
            }

            level++;
            return true;
        }
    }
}
