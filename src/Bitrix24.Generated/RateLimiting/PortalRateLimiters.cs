using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Bitrix24.Validation;

namespace Bitrix24.RateLimiting;

/// <summary>Provides the limiters of this process, one for each portal and limit.</summary>
internal static class PortalRateLimiters
{
    private const int CleanupThreshold = 1024;

    // Limiters with different clocks, for example in tests, are independent.
    private static readonly ConditionalWeakTable<
        TimeProvider, ConcurrentDictionary<(string Portal, int Burst, double PerSecond), PortalRateLimiter>> ByClock = new();

    internal static PortalRateLimiter Get(Uri portal, Bitrix24RateLimit limit, TimeProvider timeProvider)
    {
        var limiters = ByClock.GetValue(timeProvider, _ => new());
        var key = (PortalUri.KeyOf(portal), limit.Burst, limit.PerSecond);
        if (limiters.TryGetValue(key, out var limiter))
        {
            return limiter;
        }

        if (limiters.Count >= CleanupThreshold)
        {
            foreach (var idle in limiters.Where(entry => entry.Value.IsIdle).ToList())
            {
                limiters.TryRemove(idle.Key, out _);
            }
        }

        return limiters.GetOrAdd(key, _ => new PortalRateLimiter(limit.Burst, limit.PerSecond, timeProvider));
    }
}
