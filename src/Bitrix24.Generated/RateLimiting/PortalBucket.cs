namespace Bitrix24.RateLimiting;

/// <summary>
/// Computes an upper bound for the level of a portal's leaky bucket. The portal drains its bucket once a second, at a time that a client
/// cannot know. A request therefore counts as drained only if a drain must have happened since the request arrived.
/// </summary>
/// <remarks>
/// All times are relative to the same arbitrary origin. A request counts as arriving until its response: after a slow connection start,
/// several requests can arrive together. This type is not thread-safe.
/// </remarks>
internal sealed class PortalBucket(int capacity, double drainPerSecond)
{
    /// <summary>The minimum pace after rejections, as a fraction of the pace that the portal allows.</summary>
    private const double MinShare = 1d / 16;

    /// <summary>The speed at which the pace recovers: from zero to the full pace in 30 seconds.</summary>
    private const double ShareRecoveredPerSecond = 1d / 30;

    // Prevents a quotient that is an integer from being rounded up.
    private const double Noise = 1e-9;

    private static readonly TimeSpan DrainInterval = TimeSpan.FromSeconds(1);

    // The times from which the level has to be computed, each with the number of requests that arrived up to the next one. A time is
    // removed if another one always results in a higher level.
    private readonly List<(TimeSpan At, double Count)> arrivals = [];

    private int inFlight;
    private double share = 1;
    private TimeSpan cutAt;
    private TimeSpan departedAt;

    /// <summary>Gets whether the next request has to wait for the response of another one.</summary>
    internal bool IsBlockedByRequests => inFlight + 1 > capacity;

    /// <summary>Returns the time until a request with others ahead of it can be sent; zero if it can be sent now.</summary>
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

    /// <summary>Notes that a request is sent.</summary>
    internal void Depart(TimeSpan now)
    {
        inFlight++;
        departedAt = now;
    }

    /// <summary>Notes that a request is completed. If it arrived, it arrived before now.</summary>
    internal void Complete(TimeSpan now)
    {
        inFlight--;
        Add(now, 1);
    }

    /// <summary>
    /// Notes that the portal rejected a request: its bucket is full, because others use it as well. All requests wait until there is room
    /// and continue at half the pace. Otherwise the bucket of a portal that counts rejected requests would stay full forever.
    /// </summary>
    internal void Refuse(TimeSpan now)
    {
        inFlight--;
        Add(now, capacity - LevelAt(now));

        // Requests that were sent together are rejected together and count as one rejection.
        if (share >= 1 || now - cutAt >= DrainInterval)
        {
            var isFirst = ShareAt(now) >= 1;
            share = Math.Max(ShareAt(now) / 2, MinShare);
            cutAt = now;

            // The next request is sent as soon as there is room. The pace applies from then on.
            departedAt = isFirst ? now - PaceAt(now) : departedAt;
        }
    }

    /// <summary>Returns whether the bucket is certainly empty.</summary>
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

    /// <summary>Returns the time between two requests after rejections.</summary>
    private TimeSpan PaceAt(TimeSpan now) => TimeSpan.FromSeconds(1 / (drainPerSecond * ShareAt(now)));

    /// <summary>Returns the time until a number of requests is certainly drained.</summary>
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
