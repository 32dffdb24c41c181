using System.Collections.Concurrent;

namespace Bitrix24.RateLimiting;

/// <summary>What the <c>time</c> blocks say about the execution time of each method: how much is used, and when some becomes free.</summary>
internal sealed class ExecutionTimeTracker(TimeProvider timeProvider)
{
    // A minute of use leaves the sum after ten: what claims to last longer is a clock gone wrong.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    // Newer portals refuse a method for so long, and do not say so.
    private static readonly TimeSpan Block = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, State> byMethod = new(StringComparer.OrdinalIgnoreCase);

    internal void Note(string method, ResponseTime? time)
    {
        if (time?.Operating is { } used && time.OperatingResetAt is { } resetsAt)
        {
            // The moment is the portal's; the distance to it is true on every clock.
            var distance = resetsAt - (time.FinishedAt ?? timeProvider.GetUtcNow());
            byMethod[method] = new State(used, timeProvider.GetTimestamp(), Bounded(distance), IsKnown: true);
        }
    }

    /// <summary>Notes that the portal refused a method: its time is used up, whatever was known before.</summary>
    /// <returns>How long until some becomes free; <see langword="null"/> when that is not known.</returns>
    internal TimeSpan? NoteRefusal(string method, TimeSpan? retryAfter)
    {
        var known = retryAfter ?? UntilReset(method);
        byMethod[method] = new State(TimeSpan.MaxValue, timeProvider.GetTimestamp(), Bounded(known ?? Block), IsKnown: known is not null);
        return known;
    }

    /// <summary>How long until some of the budget of a method becomes free; <see langword="null"/> when that is not known or has passed.</summary>
    internal TimeSpan? UntilReset(string method) => Find(method) is { IsKnown: true } state ? Remaining(state) : null;

    /// <summary>How long to wait before the next call of a method so that its use stays below a budget.</summary>
    internal TimeSpan Wait(string method, TimeSpan budget) =>
        Find(method) is { } state && state.Used >= budget ? Remaining(state) ?? TimeSpan.Zero : TimeSpan.Zero;

    private static TimeSpan Bounded(TimeSpan distance) => distance < Longest ? distance : Longest;

    private State? Find(string method) => byMethod.TryGetValue(method, out var state) ? state : null;

    /// <summary>In whole milliseconds, as timers count: a wait for less than one would be over at once, and nothing would be free yet.</summary>
    private TimeSpan? Remaining(State state)
    {
        var remaining = Math.Ceiling((state.Distance - timeProvider.GetElapsedTime(state.NotedAt)).TotalMilliseconds);
        return remaining > 0 ? TimeSpan.FromMilliseconds(remaining) : null;
    }

    private sealed record State(TimeSpan Used, long NotedAt, TimeSpan Distance, bool IsKnown);
}
