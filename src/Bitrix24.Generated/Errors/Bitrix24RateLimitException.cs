using Bitrix24.Errors;

namespace Bitrix24;

/// <summary>
/// The exception that is thrown when a call exceeds a limit: the request rate, or the execution time that the portal allows for a method.
/// </summary>
public sealed class Bitrix24RateLimitException : Bitrix24Exception
{
    private readonly ErrorDetails? failure;

    /// <summary>Initializes a new instance with a default message.</summary>
    public Bitrix24RateLimitException()
    {
    }

    /// <summary>Initializes a new instance with a message.</summary>
    /// <param name="message">The message that describes the error, without secrets.</param>
    public Bitrix24RateLimitException(string? message)
        : base(message)
    {
    }

    /// <summary>Initializes a new instance with a message and an inner exception.</summary>
    /// <param name="message">The message that describes the error, without secrets.</param>
    /// <param name="innerException">The exception that caused this one, without secrets.</param>
    public Bitrix24RateLimitException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal Bitrix24RateLimitException(ErrorDetails failure)
        : base(failure) => this.failure = failure;

    /// <summary>Gets whether the portal rejected the call because it receives too many requests.</summary>
    internal bool IsRefusedForRate => ErrorCode == Bitrix24ErrorCode.QueryLimitExceeded && Execution == CallExecution.NotExecuted;

    /// <summary>Returns a copy for a call that is not retried, because the rate limiter would delay it for too long.</summary>
    internal Bitrix24RateLimitException AsFinal(TimeSpan? retryAfter) =>
        new(failure! with { RetryAfter = retryAfter, Retry = RetryDisposition.Never });

    /// <summary>Returns a copy with a wait that the portal did not state but that the client knows.</summary>
    internal Bitrix24RateLimitException WithRetryAfter(TimeSpan? retryAfter) => new(failure! with { RetryAfter = retryAfter });
}
