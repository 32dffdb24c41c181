using System.Threading.RateLimiting;
using Bitrix24.RateLimiting;

namespace Bitrix24;

/// <summary>Represents the limit of the request rate per portal.</summary>
/// <remarks>
/// A portal counts the requests of an IP address with a leaky bucket: each request adds one, every second removes some, and above a
/// threshold the portal rejects requests. All clients of a process that call the same host with the same limit share one count. Source:
/// <see href="https://apidocs.bitrix24.com/limits.html"/>
/// </remarks>
public sealed class Bitrix24RateLimit
{
    private static readonly TimeSpan DefaultMaxWait = TimeSpan.FromMinutes(10);

    private readonly RateLimiter? limiter;

    /// <summary>Initializes a new instance.</summary>
    /// <param name="burst">The number of requests that can be sent at once after a pause, at least 1.</param>
    /// <param name="perSecond">The sustained number of requests per second, greater than 0 and at most 1000.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public Bitrix24RateLimit(int burst, double perSecond)
    {
        Burst = burst >= 1 ? burst : throw new ArgumentOutOfRangeException(nameof(burst), burst, "The burst must be at least 1.");
        PerSecond = perSecond is > 0 and <= 1000
            ? perSecond
            : throw new ArgumentOutOfRangeException(nameof(perSecond), perSecond, "The rate must be greater than 0 and at most 1000.");
    }

    private Bitrix24RateLimit(RateLimiter? limiter) => this.limiter = limiter;

    /// <summary>Gets the limit of the cloud's standard plans: 50 at once, 2 per second.</summary>
    public static Bitrix24RateLimit Standard { get; } = new(50, 2);

    /// <summary>Gets the limit of the cloud's Enterprise plan: 250 at once, 5 per second.</summary>
    public static Bitrix24RateLimit Enterprise { get; } = new(250, 5);

    /// <summary>Gets no limit, for self-hosted portals.</summary>
    public static Bitrix24RateLimit Unlimited { get; } = new(limiter: null);

    /// <summary>Gets the number of requests that can be sent at once after a pause; 0 for a custom limiter and for no limit.</summary>
    public int Burst { get; }

    /// <summary>Gets the sustained number of requests per second; 0 for a custom limiter and for no limit.</summary>
    public double PerSecond { get; }

    /// <summary>
    /// Gets the maximum time that a call waits for the rate limit: zero to one day. Default is 10 minutes. A call that would wait longer
    /// throws a <see cref="Bitrix24RateLimitException"/> and sends nothing.
    /// </summary>
    public TimeSpan MaxWait { get; init; } = DefaultMaxWait;

    /// <summary>Creates a limit with a custom limiter, for example one that several machines share.</summary>
    /// <param name="limiter">The limiter. Each request acquires one permit. The client does not dispose the limiter.</param>
    /// <param name="maxWait">The maximum time that a call waits for the rate limit: zero to one day. Default is 10 minutes.</param>
    /// <returns>The limit.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="limiter"/> is <see langword="null"/>.</exception>
    public static Bitrix24RateLimit Custom(RateLimiter limiter, TimeSpan? maxWait = null)
    {
        ArgumentNullException.ThrowIfNull(limiter);
        return new Bitrix24RateLimit(limiter) { MaxWait = maxWait ?? DefaultMaxWait };
    }

    /// <summary>Gets whether a call that the portal rejected waits in the limiter instead of counting as a failed attempt.</summary>
    internal bool KeepsRefusedCalls => Burst > 0;

    /// <summary>Waits for a permit.</summary>
    /// <param name="portal">The portal.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="waited">The time that the call has already waited, which counts toward <see cref="MaxWait"/>.</param>
    /// <param name="isRefused">Whether the portal rejected the call before.</param>
    /// <param name="cancellationToken">A token to cancel the operation. Exceeding the wait in a custom limiter also cancels.</param>
    /// <returns>The permit, acquired or not; <see langword="null"/> if there is no limit.</returns>
    internal async ValueTask<RateLimitLease?> AcquireAsync(
        Uri portal, TimeProvider timeProvider, TimeSpan waited, bool isRefused, CancellationToken cancellationToken)
    {
        if (Burst > 0)
        {
            return await PortalRateLimiters.Get(portal, this, timeProvider)
                .AcquireAsync(MaxWait - waited, isRefused, cancellationToken)
                .ConfigureAwait(false);
        }

        if (limiter is null)
        {
            return null;
        }

        if (MaxWait == TimeSpan.Zero)
        {
            // Limiters reject a token that is already canceled before they check for a permit.
            return limiter.AttemptAcquire();
        }

        using var timeout = timeProvider.CreateCancellationTokenSource(MaxWait);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        return await limiter.AcquireAsync(1, linked.Token).ConfigureAwait(false);
    }
}
