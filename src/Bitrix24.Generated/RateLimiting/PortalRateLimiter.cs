using System.Diagnostics.CodeAnalysis;
using System.Threading.RateLimiting;

namespace Bitrix24.RateLimiting;

/// <summary>Sends the requests to a portal in order, as soon as the portal's bucket certainly has room for them.</summary>
/// <remarks>
/// The limiters of the framework count when requests are sent and use the system clock. This one counts arrivals, uses a
/// <see cref="TimeProvider"/>, needs no timer while no request waits, and rejects immediately if a wait would be too long.
/// </remarks>
[SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "A timer that is not set holds no resources.")]
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

    /// <summary>Gets whether the limiter is in the same state as a new one.</summary>
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

    /// <summary>Waits for a permit.</summary>
    /// <param name="maxWait">The maximum wait.</param>
    /// <param name="isRefused">Whether the portal rejected this request before. Then it waits at the front of the queue.</param>
    /// <param name="cancellationToken">A token to cancel the operation.</param>
    /// <returns>A <see cref="PortalPermit"/>, or a lease that is not acquired and states the required wait.</returns>
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
                return new(new WaitTooLongLease(wait));
            }

            waiter = new Waiter(now + maxWait);
            waiter.Node = isRefused ? waiters.AddFirst(waiter) : waiters.AddLast(waiter);
            SetTimer(now);
        }

        return new(WaitAsync(waiter, cancellationToken));
    }

    /// <summary>Notes that the request of a permit is completed.</summary>
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

            ReleaseWaiters(now);
        }
    }

    private async Task<RateLimitLease> WaitAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.Register(() =>
        {
            lock (sync)
            {
                // The next waiter moves up.
                if (waiter.TryLeave(waiters))
                {
                    waiter.Completion.TrySetCanceled(cancellationToken);
                    ReleaseWaiters(Now);
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

    private void ReleaseWaiters(TimeSpan now)
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

        // Other waiters can have an earlier deadline: they waited before, or their client has a shorter maximum wait.
        foreach (var late in waiters.Where(waiter => waiter.Deadline <= now).ToList())
        {
            End(late, bucket.UntilRoom(now, ahead: 0));
        }

        SetTimer(now);
    }

    /// <summary>Ends the waits that exceed their deadline after a rejection.</summary>
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
        waiter.Completion.TrySetResult(new WaitTooLongLease(wait));
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

        // Rounded up, because timers count whole milliseconds and would fire too early.
        var wait = TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(next.TotalMilliseconds)));
        if (timerDueAt is { } due && due > now && due <= now + wait)
        {
            return;
        }

        timerDueAt = now + wait;
        timer ??= timeProvider.CreateTimer(
            static limiter => ((PortalRateLimiter)limiter!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        lock (sync)
        {
            timerDueAt = null;
            ReleaseWaiters(Now);
        }
    }

    private sealed class Waiter(TimeSpan deadline)
    {
        public TimeSpan Deadline { get; } = deadline;

        public LinkedListNode<Waiter>? Node { get; set; }

        public TaskCompletionSource<RateLimitLease> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Leaves the queue. Returns <see langword="false"/> if the waiter already left it.</summary>
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

    /// <summary>Represents a lease that is not acquired, because the wait would be too long.</summary>
    private sealed class WaitTooLongLease(TimeSpan retryAfter) : RateLimitLease
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
