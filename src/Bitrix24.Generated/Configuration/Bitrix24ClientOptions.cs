using Bitrix24.Http;

namespace Bitrix24;

/// <summary>Represents the options of a <see cref="Bitrix24Client"/>. They are read once, when the client is created.</summary>
public sealed class Bitrix24ClientOptions
{
    /// <summary>
    /// Gets or sets the portal to call and the credentials to authenticate with. Required, except for an
    /// <see cref="IBitrix24ClientFactory"/>.
    /// </summary>
    public Bitrix24Credentials? Credentials { get; set; }

    /// <summary>Gets or sets the limit of the request rate per portal. Default is <see cref="Bitrix24RateLimit.Standard"/>.</summary>
    public Bitrix24RateLimit RateLimit { get; set; } = Bitrix24RateLimit.Standard;

    /// <summary>Gets or sets the options for retries.</summary>
    public Bitrix24RetryOptions Retry { get; set; } = new();

    /// <summary>
    /// Gets or sets the execution time that a method may use in ten minutes before its calls wait. Must be greater than zero;
    /// <see langword="null"/> to never wait. Cloud portals block a method above 480 seconds, self-hosted portals above 420 seconds, so
    /// choose a slightly smaller value. Default is <see langword="null"/>.
    /// </summary>
    public TimeSpan? ExecutionTimeBudget { get; set; }

    /// <summary>
    /// Gets or sets the maximum size of a response, in bytes: 1024 to 2147483647. Default is 64 MiB. Smaller limits apply to responses with
    /// an error status (64 KiB) and to methods for which the spec states one.
    /// </summary>
    public long MaxResponseSize { get; set; } = 64L * 1024 * 1024;

    /// <summary>
    /// Gets or sets the maximum total size of the responses that all clients of the process hold at the same time, in bytes: at least 1024.
    /// Default is 256 MiB. A call of this client that needs more fails with a <see cref="Bitrix24TransportException"/>. Responses of up to
    /// 64 KiB do not count.
    /// </summary>
    public long MaxTotalResponseSize { get; set; } = HttpSender.DefaultMaxTotalResponseSize;

    /// <summary>
    /// Gets or sets the maximum duration of one attempt, from connecting to the last byte of the response. Must be greater than zero and at
    /// most one day, or <see cref="Timeout.InfiniteTimeSpan"/>. Default is 70 seconds. The portal itself aborts a request after 60 seconds.
    /// </summary>
    public TimeSpan AttemptTimeout { get; set; } = HttpSender.DefaultAttemptTimeout;

    /// <summary>
    /// Gets or sets the name of your application for the <c>User-Agent</c> header: <c>name</c> or <c>name/version</c>, consisting of
    /// letters, digits and <c>. - _</c>. Default is <see langword="null"/>: the header contains only the name of this package.
    /// </summary>
    public string? ApplicationName { get; set; }

    /// <summary>
    /// Gets or sets the clock for timeouts and durations. Default is the registered one with dependency injection, else the system clock.
    /// </summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
