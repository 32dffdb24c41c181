namespace Bitrix24;

/// <summary>Represents the options for retries.</summary>
/// <remarks>
/// The client retries a call only if the portal did not execute it and waiting can help, or if the method is idempotent. Any other error is
/// thrown immediately.
/// </remarks>
public sealed class Bitrix24RetryOptions
{
    /// <summary>
    /// Gets or sets the maximum number of attempts, including the first one: 1 to 100. Default is 4. A value of 1 disables retries.
    /// </summary>
    public int MaxAttempts { get; set; } = 4;

    /// <summary>
    /// Gets or sets the average delay before the second attempt: 1 millisecond to 1 hour. Delays are random and grow about exponentially.
    /// Default is 1 second, which results in delays of about 1, 1 and 2 seconds between four attempts.
    /// </summary>
    public TimeSpan BaseDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Gets or sets the maximum delay before an attempt: <see cref="BaseDelay"/> to 1 hour. Default is 60 seconds. If a portal or a proxy
    /// requests a longer delay, the call is not retried and <see cref="Bitrix24Exception.RetryAfter"/> holds the delay.
    /// </summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(60);
}
