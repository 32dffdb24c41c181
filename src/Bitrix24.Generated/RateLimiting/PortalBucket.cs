namespace Bitrix24.RateLimiting;

/// <summary>
/// Bounds the level of a portal's leaky bucket from above. The portal drains its bucket once a second, at a moment that a client cannot know,
/// so a request counts as drained only when a drain must have happened since the request arrived.
/// </summary>
/// <remarks>
/// Times are measured on one clock that begins anywhere. A request counts as arriving until it is answered: a slow start of a connection must
/// not let the next requests catch up with it. Not safe for use by several threads.
/// </remarks>
internal sealed class PortalBucket(int capacity, double drainPerSecond)
{
    /// <summary>The slowest pace after refusals, as a part of the pace that the portal allows.</summary>
    private const double MinShare = 1d / 16;

    /// <summary>How fast the pace recovers: from nothing to all in half a minute.</summary>
    private const double ShareRecoveredPerSecond = 1d / 30;

    // Keeps a quotient that is a whole number from being rounded up.
    private const double Noise = 1e-9;

    private static readonly TimeSpan DrainInterval = TimeSpan.FromSeconds(1);

    // Moments from which the level has to be counted: at each, how many requests arrived from there to the next one. A moment is left out
    // when another one always gives a higher level.
    private readonly List<(TimeSpan At, double Count)> arrivals = [];

    private int inFlight;
    private double share = 1;
    private TimeSpan cutAt;
    private TimeSpan departedAt;

    /// <summary>Gets whether no request may leave before another one is answered, however long it waits.</summary>
    internal bool IsBlockedByRequests => inFlight + 1 > capacity;

    /// <summary>Returns how long to wait before a request may leave that has others ahead of it; zero when it may leave now.</summary>
    internal TimeSpan UntilRoom(TimeSpan now, int ahead)
    {
        var leaving = inFlight + ahead + 1;
        var roomAt = now + Drains(leaving - capacity);
        var level = 0d;
        for (var index = arrivals.Count - 1; index >= 0; index--)
        {
            level += arrivals[index].Count;
            roomAt = Later(roomAt, arrivals[index].At + Drains(level + leaving - capacity));
        }

        if (ShareAt(now) < 1)
        {
            roomAt = Later(roomAt, departedAt + TimeSpan.FromTicks(PaceAt(now).Ticks * (ahead + 1)));
        }

        return roomAt - now;
    }

    /// <summary>A request leaves.</summary>
    internal void Depart(TimeSpan now)
    {
        inFlight++;
        departedAt = now;
    }

    /// <summary>A request is over: if it arrived, it arrived before now.</summary>
    internal void Complete(TimeSpan now)
    {
        inFlight--;
        Add(now, 1);
    }

    /// <summary>
    /// The portal refused a request, so others use its bucket as well, and it is full. All requests wait until there is room again, and
    /// continue at half their pace: portals that count refused requests would stay full forever otherwise.
    /// </summary>
    internal void Refuse(TimeSpan now)
    {
        inFlight--;
        Add(now, capacity - LevelAt(now));

        // Requests that left together are refused together: that is one sign, not many.
        if (share >= 1 || now - cutAt >= DrainInterval)
        {
            var isFirst = ShareAt(now) >= 1;
            share = Math.Max(ShareAt(now) / 2, MinShare);
            cutAt = now;

            // The next request leaves as soon as there is room; the pace counts from there.
            departedAt = isFirst ? now - PaceAt(now) : departedAt;
        }
    }

    /// <summary>Returns whether the bucket must be empty by now.</summary>
    internal bool IsEmpty(TimeSpan now) => inFlight == 0 && LevelAt(now) <= 0;

    private double LevelAt(TimeSpan now)
    {
        var highest = 0d;
        var level = 0d;
        for (var index = arrivals.Count - 1; index >= 0; index--)
        {
            level += arrivals[index].Count;
            highest = Math.Max(highest, level - (drainPerSecond * WholeSeconds(now - arrivals[index].At)));
        }

        return highest;
    }

    private double ShareAt(TimeSpan now) => Math.Min(1, share + ((now - cutAt).TotalSeconds * ShareRecoveredPerSecond));

    /// <summary>The time between two requests after refusals.</summary>
    private TimeSpan PaceAt(TimeSpan now) => TimeSpan.FromSeconds(1 / (drainPerSecond * ShareAt(now)));

    /// <summary>How long until so many requests must have been drained.</summary>
    private TimeSpan Drains(double requests) =>
        requests <= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Ceiling((requests / drainPerSecond) - Noise));

    private void Add(TimeSpan now, double count)
    {
        if (count <= 0)
        {
            return;
        }

        var isHighest = true;
        var between = 0d;
        for (var index = arrivals.Count - 1; index >= 0; index--)
        {
            var (at, added) = arrivals[index];
            between += added;
            if (between >= drainPerSecond * WholeSeconds(now - at + DrainInterval - TimeSpan.FromTicks(1)))
            {
                isHighest = false;
            }
            else if (between <= drainPerSecond * WholeSeconds(now - at))
            {
                Remove(index);
            }
        }

        if (isHighest)
        {
            arrivals.Add((now, count));
        }
        else
        {
            var last = arrivals[arrivals.Count - 1];
            arrivals[arrivals.Count - 1] = last with { Count = last.Count + count };
        }
    }

    private void Remove(int index)
    {
        if (index > 0)
        {
            arrivals[index - 1] = arrivals[index - 1] with { Count = arrivals[index - 1].Count + arrivals[index].Count };
        }

        arrivals.RemoveAt(index);
    }

    private static long WholeSeconds(TimeSpan span) => span.Ticks / TimeSpan.TicksPerSecond;

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
