using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Bitrix24.Validation;

namespace Bitrix24.RateLimiting;

/// <summary>The limiters of this process, one for each portal and limit.</summary>
internal static class PortalRateLimiters
{
    private const int CrowdedCount = 1024;

    // Time that a test makes up for itself is not the time of others.
    private static readonly ConditionalWeakTable<TimeProvider, ConcurrentDictionary<(string Portal, int Burst, double PerSecond), PortalRateLimiter>> ByClock = new();

    internal static PortalRateLimiter Get(Uri portal, Bitrix24RateLimit limit, TimeProvider timeProvider)
    {
        var limiters = ByClock.GetValue(timeProvider, _ => new());
        var key = (PortalUri.KeyOf(portal), limit.Burst, limit.PerSecond);
        if (limiters.TryGetValue(key, out var limiter))
        {
            return limiter;
        }

        if (limiters.Count >= CrowdedCount)
        {
            foreach (var idle in limiters.Where(entry => entry.Value.IsIdle).ToList())
            {
                limiters.TryRemove(idle.Key, out _);
            }
        }

        return limiters.GetOrAdd(key, _ => new PortalRateLimiter(limit.Burst, limit.PerSecond, timeProvider));
    }
}
