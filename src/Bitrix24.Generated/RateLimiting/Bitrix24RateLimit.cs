using System.Threading.RateLimiting;
using Bitrix24.RateLimiting;

namespace Bitrix24;

/// <summary>How many requests are sent to a portal in how much time.</summary>
/// <remarks>
/// A portal counts the requests of an IP address: each adds one, some are taken off every second, and above a threshold it
/// refuses. All clients of a process that call one host with the same limit share one count. Source:
/// <see href="https://apidocs.bitrix24.com/limits.html"/>
/// </remarks>
public sealed class Bitrix24RateLimit
{
    private static readonly TimeSpan DefaultMaxWait = TimeSpan.FromMinutes(10);

    private readonly RateLimiter? limiter;

    /// <summary>Makes a limit.</summary>
    /// <param name="burst">How many requests may be sent at once after a pause, at least 1.</param>
    /// <param name="perSecond">How many requests may be sent per second in the long run, greater than 0 and at most 1000.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public Bitrix24RateLimit(int burst, double perSecond)
    {
        Burst = burst >= 1 ? burst : throw new ArgumentOutOfRangeException(nameof(burst), burst, "The burst is at least 1.");
        PerSecond = perSecond is > 0 and <= 1000 ? perSecond : throw new ArgumentOutOfRangeException(nameof(perSecond), perSecond, "The rate is greater than 0 and at most 1000.");
    }

    private Bitrix24RateLimit(RateLimiter? limiter) => this.limiter = limiter;

    /// <summary>The limit of the cloud's standard plans: 50 at once, 2 per second.</summary>
    public static Bitrix24RateLimit Standard { get; } = new(50, 2);

    /// <summary>The limit of the cloud's Enterprise plan: 250 at once, 5 per second.</summary>
    public static Bitrix24RateLimit Enterprise { get; } = new(250, 5);

    /// <summary>No limit, for self-hosted portals.</summary>
    public static Bitrix24RateLimit Unlimited { get; } = new(limiter: null);

    /// <summary>How many requests may be sent at once; 0 where a limiter of your own decides, or none.</summary>
    public int Burst { get; }

    /// <summary>How many requests may be sent per second in the long run; 0 where a limiter of your own decides, or none.</summary>
    public double PerSecond { get; }

    /// <summary>
    /// How long a call may wait for its turn, zero to one day. Default: 10 minutes. A call that would have to wait longer throws a
    /// <see cref="Bitrix24RateLimitException"/> and sends nothing.
    /// </summary>
    public TimeSpan MaxWait { get; init; } = DefaultMaxWait;

    /// <summary>Lets a limiter of your own decide, for example one that several machines share.</summary>
    /// <param name="limiter">The limiter. One permit is acquired per request. It is not disposed.</param>
    /// <param name="maxWait">How long a call may wait for its turn, zero to one day. Default: 10 minutes.</param>
    /// <returns>The limit.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="limiter"/> is <see langword="null"/>.</exception>
    public static Bitrix24RateLimit Custom(RateLimiter limiter, TimeSpan? maxWait = null)
    {
        ArgumentNullException.ThrowIfNull(limiter);
        return new Bitrix24RateLimit(limiter) { MaxWait = maxWait ?? DefaultMaxWait };
    }

    /// <summary>Gets whether a call that the portal refused waits here until there is room, and is not an attempt that failed.</summary>
    internal bool KeepsRefusedCalls => Burst > 0;

    /// <summary>Waits for a permit.</summary>
    /// <param name="portal">The portal.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="waited">How long the call waited before, which counts against <see cref="MaxWait"/>.</param>
    /// <param name="isRefused">Whether the portal refused the call before.</param>
    /// <param name="cancellationToken">A token to cancel the operation. Waiting too long for a limiter of the application cancels as well.</param>
    /// <returns>The permit, acquired or not; <see langword="null"/> when there is no limit.</returns>
    internal async ValueTask<RateLimitLease?> AcquireAsync(Uri portal, TimeProvider timeProvider, TimeSpan waited, bool isRefused, CancellationToken cancellationToken)
    {
        if (Burst > 0)
        {
            return await PortalRateLimiters.Get(portal, this, timeProvider).AcquireAsync(MaxWait - waited, isRefused, cancellationToken).ConfigureAwait(false);
        }

        if (limiter is null)
        {
            return null;
        }

        if (MaxWait == TimeSpan.Zero)
        {
            // Limiters refuse a token that is cancelled already before they look for a permit.
            return limiter.AttemptAcquire();
        }

        using var longest = timeProvider.CreateCancellationTokenSource(MaxWait);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, longest.Token);
        return await limiter.AcquireAsync(1, either.Token).ConfigureAwait(false);
    }
}
