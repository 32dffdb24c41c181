using System.Diagnostics.CodeAnalysis;
using System.Threading.RateLimiting;

namespace Bitrix24.RateLimiting;

/// <summary>Lets the requests to a portal leave in turn, as soon as the portal's bucket must have room for them.</summary>
/// <remarks>
/// The limiters of the framework count departures and measure time themselves. This one counts arrivals, uses a <see cref="TimeProvider"/>,
/// needs no timer while no request waits, and refuses at once when a wait would be too long.
/// </remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A timer that is not set holds nothing.")]
internal sealed class PortalRateLimiter
{
    private readonly object sync = new();
    private readonly LinkedList<Waiter> waiters = new();
    private readonly TimeProvider timeProvider;
    private readonly PortalBucket bucket;
    private readonly long origin;
    private ITimer? timer;
    private TimeSpan? timerDueAt;

    internal PortalRateLimiter(int burst, double perSecond, TimeProvider timeProvider)
    {
        this.timeProvider = timeProvider;
        bucket = new PortalBucket(burst, perSecond);
        origin = timeProvider.GetTimestamp();
    }

    /// <summary>Gets whether a new limiter would allow the same.</summary>
    internal bool IsIdle
    {
        get
        {
            lock (sync)
            {
                return waiters.Count == 0 && bucket.IsEmpty(Now);
            }
        }
    }

    private TimeSpan Now => timeProvider.GetElapsedTime(origin);

    /// <summary>Waits for a permit, no longer than given.</summary>
    /// <param name="maxWait">The longest wait.</param>
    /// <param name="isRefused">Whether the portal refused this request before: then it does not queue again.</param>
    /// <param name="cancellationToken">A token to cancel the operation.</param>
    /// <returns>A <see cref="PortalPermit"/>, or a lease that is not acquired and says how long the wait would be.</returns>
    internal ValueTask<RateLimitLease> AcquireAsync(TimeSpan maxWait, bool isRefused, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return new(Task.FromCanceled<RateLimitLease>(cancellationToken));
        }

        Waiter waiter;
        lock (sync)
        {
            var now = Now;
            var ahead = isRefused ? 0 : waiters.Count;
            var wait = bucket.UntilRoom(now, ahead);
            if (wait <= TimeSpan.Zero && ahead == 0)
            {
                return new(Depart(now));
            }

            if (wait > maxWait)
            {
                return new(new TooLongWait(wait));
            }

            waiter = new Waiter(now + maxWait);
            waiter.Node = isRefused ? waiters.AddFirst(waiter) : waiters.AddLast(waiter);
            SetTimer(now);
        }

        return new(WaitAsync(waiter, cancellationToken));
    }

    /// <summary>Ends the request of a permit.</summary>
    internal void Complete(bool isRefused)
    {
        lock (sync)
        {
            var now = Now;
            if (isRefused)
            {
                bucket.Refuse(now);
                EndLongWaits(now);
            }
            else
            {
                bucket.Complete(now);
            }

            LetLeave(now);
        }
    }

    private async Task<RateLimitLease> WaitAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.Register(() =>
        {
            lock (sync)
            {
                // The next in turn moves up.
                if (waiter.TryLeave(waiters))
                {
                    waiter.Completion.TrySetCanceled(cancellationToken);
                    LetLeave(Now);
                }
            }
        });
        return await waiter.Completion.Task.ConfigureAwait(false);
    }

    private PortalPermit Depart(TimeSpan now)
    {
        bucket.Depart(now);
        return new PortalPermit(this);
    }

    private void LetLeave(TimeSpan now)
    {
        while (waiters.First?.Value is { } first)
        {
            var wait = bucket.UntilRoom(now, ahead: 0);
            if (now + wait > first.Deadline || (wait > TimeSpan.Zero && now >= first.Deadline))
            {
                End(first, wait);
            }
            else if (wait <= TimeSpan.Zero)
            {
                first.TryLeave(waiters);
                first.Completion.TrySetResult(Depart(now));
            }
            else
            {
                break;
            }
        }

        // Those behind it may have less time: they have waited before, or are of a client that waits less.
        foreach (var late in waiters.Where(waiter => waiter.Deadline <= now).ToList())
        {
            End(late, bucket.UntilRoom(now, ahead: 0));
        }

        SetTimer(now);
    }

    /// <summary>After a refusal all waits are longer.</summary>
    private void EndLongWaits(TimeSpan now)
    {
        var ahead = 0;
        foreach (var waiter in waiters.ToList())
        {
            var wait = bucket.UntilRoom(now, ahead);
            if (now + wait > waiter.Deadline)
            {
                End(waiter, wait);
            }
            else
            {
                ahead++;
            }
        }
    }

    private void End(Waiter waiter, TimeSpan wait)
    {
        waiter.TryLeave(waiters);
        waiter.Completion.TrySetResult(new TooLongWait(wait));
    }

    private void SetTimer(TimeSpan now)
    {
        if (waiters.Count == 0)
        {
            return;
        }

        var next = waiters.Min(waiter => waiter.Deadline) - now;
        if (!bucket.IsBlockedByRequests && bucket.UntilRoom(now, ahead: 0) is var room && room < next)
        {
            next = room;
        }

        // Timers count whole milliseconds: one that rang too early would ring again at once. One that is late leaves nothing to wait for.
        var wait = TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(next.TotalMilliseconds)));
        if (timerDueAt is { } due && due > now && due <= now + wait)
        {
            return;
        }

        timerDueAt = now + wait;
        timer ??= timeProvider.CreateTimer(static limiter => ((PortalRateLimiter)limiter!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        lock (sync)
        {
            timerDueAt = null;
            LetLeave(Now);
        }
    }

    private sealed class Waiter(TimeSpan deadline)
    {
        public TimeSpan Deadline { get; } = deadline;

        public LinkedListNode<Waiter>? Node { get; set; }

        public TaskCompletionSource<RateLimitLease> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Leaves the queue; <see langword="false"/> when it left before.</summary>
        public bool TryLeave(LinkedList<Waiter> waiters)
        {
            if (Node is not { } node)
            {
                return false;
            }

            Node = null;
            waiters.Remove(node);
            return true;
        }
    }

    /// <summary>No permit: its wait would be too long.</summary>
    private sealed class TooLongWait(TimeSpan retryAfter) : RateLimitLease
    {
        public override bool IsAcquired => false;

        public override IEnumerable<string> MetadataNames => [MetadataName.RetryAfter.Name];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = metadataName == MetadataName.RetryAfter.Name ? retryAfter : null;
            return metadata is not null;
        }
    }
}
