namespace Bitrix24;

/// <summary>A call that the limit of this client, not the portal's, keeps from being sent.</summary>
internal static class LimitFailure
{
    internal static Bitrix24RateLimitException NoTurn(in FailureContext context, TimeSpan? retryAfter)
    {
        const string What = "its turn would come later than RateLimit.MaxWait allows; nothing was sent";
        return new(new CallFailure(context.Method, CallExecution.NotExecuted, context.Sentence(What, CallExecution.NotExecuted)) { Attempts = context.Attempts }) { RetryAfter = retryAfter };
    }
}
