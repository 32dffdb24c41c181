using System.Threading.RateLimiting;

namespace Bitrix24;

/// <summary>
/// The portal's leaky bucket, seen from the sender: gives each request the moment from which the bucket has room for it.
/// </summary>
/// <remarks>
/// Unlike the limiters of the framework it goes by a <see cref="TimeProvider"/>, needs no timer while nobody waits, and says at once
/// when a wait would be too long. Waiters come in turn.
/// </remarks>
internal sealed class PortalRateLimiter : RateLimiter
{
    private static readonly Lease Permit = new(isAcquired: true, retryAfter: null);

    private readonly object sync = new();
    private readonly TimeProvider timeProvider;
    private readonly TimeSpan interval;
    private readonly TimeSpan tolerance;
    private readonly long origin;

    // When the bucket is empty again, on the clock that began with this limiter.
    private TimeSpan emptyAt;
    private int waiting;

    internal PortalRateLimiter(int burst, double perSecond, TimeProvider timeProvider)
    {
        this.timeProvider = timeProvider;
        interval = TimeSpan.FromTicks((long)Math.Ceiling(TimeSpan.TicksPerSecond / perSecond));

        // A portal takes off its share once a second, and requests do not arrive as evenly as they leave: one second's worth stays free.
        var usable = Math.Max(1, burst - (int)Math.Ceiling(perSecond));
        tolerance = TimeSpan.FromTicks(interval.Ticks * (usable - 1));
        origin = timeProvider.GetTimestamp();
    }

    /// <summary>How long the bucket has been empty; <see langword="null"/> while it is not.</summary>
    public override TimeSpan? IdleDuration
    {
        get
        {
            lock (sync)
            {
                var idle = Now - emptyAt;
                return waiting == 0 && idle >= TimeSpan.Zero ? idle : null;
            }
        }
    }

    private TimeSpan Now => timeProvider.GetElapsedTime(origin);

    /// <summary>Nobody outside sees this limiter.</summary>
    public override RateLimiterStatistics? GetStatistics() => null;

    /// <summary>The portal has refused a request: somebody else uses its bucket as well, and it is full.</summary>
    internal void Drain()
    {
        lock (sync)
        {
            emptyAt = Later(emptyAt, Now + tolerance + interval);
        }
    }

    protected override RateLimitLease AttemptAcquireCore(int permitCount)
    {
        return Reserve(permitCount, TimeSpan.Zero, out _) ?? Permit;
    }

    /// <summary>A permit, now or after a wait that is no longer than given.</summary>
    internal ValueTask<RateLimitLease> AcquireAsync(TimeSpan longest, CancellationToken cancellationToken) => AcquireAsync(1, longest, cancellationToken);

    protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken) => AcquireAsync(permitCount, TimeSpan.FromDays(1), cancellationToken);

    private async ValueTask<RateLimitLease> AcquireAsync(int permitCount, TimeSpan longest, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Reserve(permitCount, longest, out var wait) is { } refusal)
        {
            return refusal;
        }

        if (wait > TimeSpan.Zero)
        {
            Interlocked.Increment(ref waiting);
            try
            {
                await Task.Delay(wait, timeProvider, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                GiveBack(permitCount);
                throw;
            }
            finally
            {
                Interlocked.Decrement(ref waiting);
            }
        }

        return Permit;
    }

    private Lease? Reserve(int permitCount, TimeSpan longest, out TimeSpan wait)
    {
        lock (sync)
        {
            var now = Now;
            var cost = TimeSpan.FromTicks(interval.Ticks * permitCount);
            wait = Later(emptyAt, now) + cost - interval - tolerance - now;
            if (wait > longest)
            {
                return new Lease(isAcquired: false, wait);
            }

            emptyAt = Later(emptyAt, now) + cost;
            return null;
        }
    }

    /// <summary>Those who wait keep their turns; who comes next comes earlier.</summary>
    private void GiveBack(int permitCount)
    {
        lock (sync)
        {
            emptyAt -= TimeSpan.FromTicks(interval.Ticks * permitCount);
        }
    }

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private sealed class Lease(bool isAcquired, TimeSpan? retryAfter) : RateLimitLease
    {
        public override bool IsAcquired => isAcquired;

        public override IEnumerable<string> MetadataNames => retryAfter is null ? [] : [MetadataName.RetryAfter.Name];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = metadataName == MetadataName.RetryAfter.Name ? retryAfter : null;
            return metadata is not null;
        }
    }
}
