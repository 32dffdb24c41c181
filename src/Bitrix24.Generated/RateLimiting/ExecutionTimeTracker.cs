using System.Collections.Concurrent;

namespace Bitrix24.RateLimiting;

/// <summary>Tracks the used execution time of each method and when a part of it becomes available, from the <c>time</c> blocks.</summary>
internal sealed class ExecutionTimeTracker(TimeProvider timeProvider)
{
    // Used time leaves the sum after ten minutes. A longer time is a clock error.
    private static readonly TimeSpan MaxDistance = TimeSpan.FromMinutes(10);

    // Newer portals block a method for this time and do not send it.
    private static readonly TimeSpan BlockDuration = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, State> byMethod = new(StringComparer.OrdinalIgnoreCase);

    internal void Note(string method, ResponseTime? time)
    {
        if (time?.Operating is { } used && time.OperatingResetAt is { } resetsAt)
        {
            // The time is in the portal's clock. The distance to it is valid in every clock.
            var distance = resetsAt - (time.FinishedAt ?? timeProvider.GetUtcNow());
            byMethod[method] = new State(used, timeProvider.GetTimestamp(), Limit(distance), IsKnown: true);
        }
    }

    /// <summary>Notes that the portal rejected a method because its execution time is used up.</summary>
    /// <returns>The time until a part becomes available; <see langword="null"/> if it is unknown.</returns>
    internal TimeSpan? NoteRefusal(string method, TimeSpan? retryAfter)
    {
        var known = retryAfter ?? UntilReset(method);
        byMethod[method] = new State(
            TimeSpan.MaxValue, timeProvider.GetTimestamp(), Limit(known ?? BlockDuration), IsKnown: known is not null);
        return known;
    }

    /// <summary>Returns the time until a part becomes available; <see langword="null"/> if it is unknown or has passed.</summary>
    internal TimeSpan? UntilReset(string method) => Find(method) is { IsKnown: true } state ? Remaining(state) : null;

    /// <summary>Returns the time to wait before the next call of a method to keep its execution time below a budget.</summary>
    internal TimeSpan Wait(string method, TimeSpan budget) =>
        Find(method) is { } state && state.Used >= budget ? Remaining(state) ?? TimeSpan.Zero : TimeSpan.Zero;

    private static TimeSpan Limit(TimeSpan distance) => distance < MaxDistance ? distance : MaxDistance;

    private State? Find(string method) => byMethod.TryGetValue(method, out var state) ? state : null;

    /// <summary>Returns the time in whole milliseconds, rounded up. Timers ignore fractions and would fire too early.</summary>
    private TimeSpan? Remaining(State state)
    {
        var remaining = Math.Ceiling((state.Distance - timeProvider.GetElapsedTime(state.NotedAt)).TotalMilliseconds);
        return remaining > 0 ? TimeSpan.FromMilliseconds(remaining) : null;
    }

    private sealed record State(TimeSpan Used, long NotedAt, TimeSpan Distance, bool IsKnown);
}
