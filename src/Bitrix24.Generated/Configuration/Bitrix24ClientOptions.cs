using Bitrix24.Http;

namespace Bitrix24;

/// <summary>Settings of a <see cref="Bitrix24Client"/>. Read once, when the client is made.</summary>
public sealed class Bitrix24ClientOptions
{
    /// <summary>Which portal is called, and on whose authority. Required, except for an <see cref="IBitrix24ClientFactory"/>.</summary>
    public Bitrix24Credentials? Credentials { get; set; }

    /// <summary>How many requests are sent to a portal in how much time. Default: <see cref="Bitrix24RateLimit.Standard"/>.</summary>
    public Bitrix24RateLimit RateLimit { get; set; } = Bitrix24RateLimit.Standard;

    /// <summary>How often and how soon a call is tried again.</summary>
    public Bitrix24RetryOptions Retry { get; set; } = new();

    /// <summary>
    /// How much execution time a method may use up in ten minutes before its calls wait until some becomes free: greater than zero, or
    /// <see langword="null"/> to never wait. Portals block a method above 480 seconds in the cloud and 420 on their own servers, so a
    /// little less is a good choice. Default: <see langword="null"/>.
    /// </summary>
    public TimeSpan? ExecutionTimeBudget { get; set; }

    /// <summary>
    /// Gets or sets the size in bytes of the longest answer that is read: 1024 to 2147483647. Default: 64 MiB. Answers under an error
    /// status are read up to 64 KiB, and those of methods whose answers are short up to what the spec says.
    /// </summary>
    public long MaxResponseSize { get; set; } = 64L * 1024 * 1024;

    /// <summary>
    /// Gets or sets how many bytes of answers all clients of the process may hold at once: at least 1024. Default: 256 MiB. A call of this
    /// client that needs more fails with a <see cref="Bitrix24TransportException"/>. Answers up to 64 KiB are not counted and always read.
    /// </summary>
    public long MaxTotalResponseSize { get; set; } = HttpSender.DefaultMaxTotalResponseSize;

    /// <summary>
    /// How long one attempt may take, from connecting to the last byte of the answer. Greater than zero and at most one day, or
    /// <see cref="Timeout.InfiniteTimeSpan"/>. Default: 70 seconds; the portal itself cuts a request after 60.
    /// </summary>
    public TimeSpan AttemptTimeout { get; set; } = HttpSender.DefaultAttemptTimeout;

    /// <summary>
    /// Name of your application for the <c>User-Agent</c> header: <c>name</c> or <c>name/version</c>, of letters, digits and
    /// <c>. - _</c>. Default: none, then only this package names itself.
    /// </summary>
    public string? ApplicationName { get; set; }

    /// <summary>The clock that timeouts and durations go by. Default: the system's; under dependency injection a registered one.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
