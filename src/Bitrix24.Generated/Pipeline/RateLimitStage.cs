using System.Threading.RateLimiting;
using Bitrix24.Diagnostics;
using Bitrix24.Errors;

namespace Bitrix24.Pipeline;

/// <summary>Waits until the rate limit allows a request. The permit is held until the response is read.</summary>
internal sealed class RateLimitStage(ClientContext context)
{
    /// <exception cref="Bitrix24RateLimitException">The wait would be too long, or the custom limiter failed.</exception>
    internal async ValueTask<NonThrowingLease> AcquireAsync(
        CallContext call, Uri host, ErrorContext errors, CancellationToken cancellationToken)
    {
        var started = context.TimeProvider.GetTimestamp();
        var isRefused = call.LastFailure is Bitrix24RateLimitException { IsRefusedForRate: true };
        RateLimitLease? lease;
        try
        {
            lease = await context.RateLimit
                .AcquireAsync(host, context.TimeProvider, call.RateLimitWait, isRefused, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // A cancellation takes precedence over any other failure. The exception carries the caller's token, not a linked one.
            cancellationToken.ThrowIfCancellationRequested();
            throw exception is OperationCanceledException
                ? WaitTooLong(call, errors, retryAfter: null)
                : RateLimitErrors.RateLimiterFailed(errors, exception);
        }

        if (lease is null)
        {
            return default;
        }

        var waited = context.TimeProvider.GetElapsedTime(started);
        call.AddRateLimitWait(waited);
        if (!lease.IsAcquired)
        {
            using (lease)
            {
                throw WaitTooLong(call, errors, lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter) ? retryAfter : null);
            }
        }

        Telemetry.Waited(call.Method, waited);
        return new NonThrowingLease(lease);
    }

    /// <summary>
    /// Returns whether a call that the portal rejected can wait for room in the client's own limiter instead of counting as a failed
    /// attempt.
    /// </summary>
    internal bool CanWait(CallContext call, Bitrix24RateLimitException refusal) =>
        context is { RateLimit.KeepsRefusedCalls: true, Retry.RepeatsCalls: true }
        && refusal is { IsRefusedForRate: true, Retry: RetryDisposition.AfterWaiting }
        && (refusal.RetryAfter is not { } delay
            || (delay <= context.Retry.MaxDelay && call.RateLimitWait + delay <= context.RateLimit.MaxWait));

    /// <summary>Waits for the time that the portal or a proxy requested.</summary>
    internal async ValueTask WaitAsync(CallContext call, Bitrix24RateLimitException refusal, CancellationToken cancellationToken)
    {
        if (refusal.RetryAfter is { } delay)
        {
            await Task.Delay(delay, context.TimeProvider, cancellationToken).ConfigureAwait(false);
            call.AddRateLimitWait(delay);
        }
    }

    /// <summary>Returns the previous rejection of the portal, if any, or else an exception for the client's own limit.</summary>
    private static Bitrix24RateLimitException WaitTooLong(CallContext call, in ErrorContext errors, TimeSpan? retryAfter) =>
        call.LastFailure is Bitrix24RateLimitException refusal
            ? refusal.AsFinal(retryAfter)
            : RateLimitErrors.RateLimitWaitExceeded(errors, retryAfter);
}
