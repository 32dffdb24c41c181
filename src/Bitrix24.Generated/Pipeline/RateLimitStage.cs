using System.Threading.RateLimiting;
using Bitrix24.Diagnostics;
using Bitrix24.Errors;
using Bitrix24.RateLimiting;

namespace Bitrix24.Pipeline;

/// <summary>Waits until a request may leave. The permit lasts until the response is read.</summary>
internal sealed class RateLimitStage(ClientContext context)
{
    /// <exception cref="Bitrix24RateLimitException">The wait would be too long, or the limiter of the application failed.</exception>
    internal async ValueTask<NonThrowingLease> AcquireAsync(CallContext call, Uri host, ErrorContext errors, CancellationToken cancellationToken)
    {
        var started = context.TimeProvider.GetTimestamp();
        var isRefused = call.LastFailure is Bitrix24RateLimitException { IsRefusedForRate: true };
        RateLimitLease? lease;
        try
        {
            lease = await context.RateLimit.AcquireAsync(host, context.TimeProvider, call.RateLimitWait, isRefused, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // The caller's token, not a linked one, and a cancellation counts for more than any other failure.
            cancellationToken.ThrowIfCancellationRequested();
            throw exception is OperationCanceledException ? TooLong(call, errors, retryAfter: null) : RateLimitErrors.RateLimiterFailed(errors, exception);
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
                throw TooLong(call, errors, lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter) ? retryAfter : null);
            }
        }

        Telemetry.Waited(call.Method, waited);
        return new NonThrowingLease(lease);
    }

    /// <summary>
    /// Returns whether a refused call waits here until there is room, where the client's own limit applies: that is not an attempt that failed.
    /// </summary>
    internal bool Keeps(CallContext call, Bitrix24RateLimitException refusal) =>
        context is { RateLimit.KeepsRefusedCalls: true, Retry.RepeatsCalls: true }
        && refusal is { IsRefusedForRate: true, Retry: RetryDisposition.AfterWaiting }
        && (refusal.RetryAfter is not { } delay || (delay <= context.Retry.MaxDelay && call.RateLimitWait + delay <= context.RateLimit.MaxWait));

    /// <summary>Waits as long as the portal, or a proxy in front of it, asks for.</summary>
    internal async ValueTask WaitAsync(CallContext call, Bitrix24RateLimitException refusal, CancellationToken cancellationToken)
    {
        if (refusal.RetryAfter is { } delay)
        {
            await Task.Delay(delay, context.TimeProvider, cancellationToken).ConfigureAwait(false);
            call.AddRateLimitWait(delay);
        }
    }

    /// <summary>Where the portal itself has refused the call before, the caller gets that refusal.</summary>
    private static Bitrix24RateLimitException TooLong(CallContext call, in ErrorContext errors, TimeSpan? retryAfter) =>
        call.LastFailure is Bitrix24RateLimitException refusal ? refusal.AsFinal(retryAfter) : RateLimitErrors.RateLimitWaitExceeded(errors, retryAfter);
}
