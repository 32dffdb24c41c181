using Bitrix24.Errors;

namespace Bitrix24;

/// <summary>A limit of the portal was reached: too many requests, or the execution-time budget of the method is used up.</summary>
public sealed class Bitrix24RateLimitException : Bitrix24Exception
{
    private readonly ErrorDetails? failure;

    /// <summary>Makes the exception with a default message.</summary>
    public Bitrix24RateLimitException()
    {
    }

    /// <summary>Makes the exception with a message.</summary>
    /// <param name="message">What went wrong, without secrets.</param>
    public Bitrix24RateLimitException(string? message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, without secrets.</param>
    /// <param name="innerException">The cause, without secrets.</param>
    public Bitrix24RateLimitException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal Bitrix24RateLimitException(ErrorDetails failure)
        : base(failure)
    {
        this.failure = failure;
        RetryAfter = failure.RetryAfter;
    }

    /// <summary>How long to wait before the next call; <see langword="null"/> when nobody said.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Gets whether the portal answered that it gets too many requests.</summary>
    internal bool IsRefusedForRate => ErrorCode == Bitrix24ErrorCode.QueryLimitExceeded && Execution == CallExecution.NotExecuted;

    /// <summary>The same for a call that will not be sent again: its next turn would come too late.</summary>
    internal Bitrix24RateLimitException WithoutTurn(TimeSpan? retryAfter) => new(failure! with { RetryAfter = retryAfter, Retry = RetryDisposition.Never });

    /// <summary>The same with a wait that the portal did not name but that is known.</summary>
    internal Bitrix24RateLimitException WithRetryAfter(TimeSpan? retryAfter) => new(failure! with { RetryAfter = retryAfter });
}
