using Bitrix24.Secrets;

namespace Bitrix24.Errors;

/// <summary>Creates the exceptions for calls that the client's own rate limit rejects.</summary>
internal static class RateLimitErrors
{
    internal static Bitrix24RateLimitException RateLimitWaitExceeded(in ErrorContext context, TimeSpan? retryAfter)
    {
        const string Error = "waiting for the client-side rate limit would exceed RateLimit.MaxWait; nothing was sent";
        return new(Create(context, "RateLimitWaitTooLong", Error) with { RetryAfter = retryAfter });
    }

    internal static Bitrix24RateLimitException RateLimiterFailed(in ErrorContext context, Exception cause)
    {
        var error = $"the rate limiter of the application failed ({cause.GetType().Name}); nothing was sent";
        return new(Create(context, "RateLimiterFailed", error) with { Cause = Redaction.IsClean(cause, context.Redact) ? cause : null });
    }

    private static ErrorDetails Create(in ErrorContext context, string reason, string error) =>
        new(context.Method, CallExecution.NotExecuted, context.Sentence(error, CallExecution.NotExecuted))
        {
            Attempts = context.Attempts,
            Reason = reason,
        };
}
