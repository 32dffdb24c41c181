namespace Bitrix24;

/// <summary>How often and how soon a call is tried again.</summary>
/// <remarks>
/// A call is tried again only when it did not run and waiting can help, or when running it twice is the same as running it
/// once. Anything else is thrown at once.
/// </remarks>
public sealed class Bitrix24RetryOptions
{
    /// <summary>How often a call is tried, the first time included: 1 to 100. Default: 4. With 1 nothing is tried again.</summary>
    public int MaxAttempts { get; set; } = 4;

    /// <summary>
    /// How long to wait before the second attempt, on average: the wait is random, and grows from attempt to attempt, about to the double. 1 millisecond to 1 hour.
    /// Default: 1 second, which gives waits of about 1, 1 and 2 seconds between four attempts.
    /// </summary>
    public TimeSpan BaseDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The longest wait before an attempt: <see cref="BaseDelay"/> to 1 hour. Default: 60 seconds. When a portal or a proxy asks for a
    /// longer wait, the call is not tried again and <see cref="Bitrix24RateLimitException.RetryAfter"/> says how long.
    /// </summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(60);
}
