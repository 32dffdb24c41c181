using Bitrix24.Secrets;

namespace Bitrix24.Errors;

/// <summary>A call that the limit of this client, not the portal's, keeps from being sent.</summary>
internal static class RateLimitErrors
{
    internal static Bitrix24RateLimitException NoTurn(in ErrorContext context, TimeSpan? retryAfter) =>
        new(Make(context, "RateLimitWaitTooLong", "its turn would come later than RateLimit.MaxWait allows; nothing was sent") with
        {
            RetryAfter = retryAfter,
        });

    internal static Bitrix24RateLimitException Broken(in ErrorContext context, Exception cause) =>
        new(Make(
            context, "RateLimiterFailed", $"the rate limiter of the application failed ({cause.GetType().Name}); nothing was sent") with
        {
            Cause = Redaction.IsClean(cause, context.Redact) ? cause : null,
        });

    private static ErrorDetails Make(in ErrorContext context, string reason, string what) =>
        new(context.Method, CallExecution.NotExecuted, context.Sentence(what, CallExecution.NotExecuted))
        {
            Attempts = context.Attempts,
            Reason = reason,
        };
}
