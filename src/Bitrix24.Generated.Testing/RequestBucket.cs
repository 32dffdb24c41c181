namespace Bitrix24.Testing;

/// <summary>The leaky bucket of a portal: each request adds one, and once a second some are taken off.</summary>
internal sealed class RequestBucket(TimeProvider clock, int threshold, double perSecond)
{
    private readonly object sync = new();
    private readonly long begun = clock.GetTimestamp();
    private double level;
    private long second;

    /// <summary>Whether the bucket has room for one more request. Requests without room are not counted.</summary>
    public bool TryAdd()
    {
        lock (sync)
        {
            var now = (long)clock.GetElapsedTime(begun).TotalSeconds;
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
