#if NET
using System.Runtime.CompilerServices;
#endif
using Bitrix24.Diagnostics;
using Bitrix24.Errors;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace Bitrix24.Pipeline;

/// <summary>Retries calls, depending on whether the portal executed them.</summary>
internal sealed class RetryPolicy
{
    private static readonly ResiliencePropertyKey<CallContext> CallKey = new("Bitrix24.Call");

    /// <summary>The maximum time for which a portal executes a request.</summary>
    private static readonly TimeSpan MaxExecutionTime = TimeSpan.FromSeconds(60);

    private readonly ResiliencePipeline pipeline;
    private readonly TimeProvider timeProvider;

    internal RetryPolicy(int maxAttempts, TimeSpan baseDelay, TimeSpan maxDelay, TimeProvider timeProvider, ILogger logger)
    {
        MaxDelay = maxDelay;
        RepeatsCalls = maxAttempts > 1;
        this.timeProvider = timeProvider;
        if (!RepeatsCalls)
        {
            pipeline = ResiliencePipeline.Empty;
            return;
        }

        pipeline = new ResiliencePipelineBuilder { TimeProvider = timeProvider }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = maxAttempts - 1,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = baseDelay,
                MaxDelay = maxDelay,
                ShouldHandle = arguments => new(
                    arguments.Outcome.Exception is Bitrix24Exception exception && CanRetry(exception, CallOf(arguments.Context))),
                DelayGenerator = arguments => new(DelayOf((Bitrix24Exception)arguments.Outcome.Exception!, CallOf(arguments.Context))),
                OnRetry = arguments =>
                {
                    var exception = (Bitrix24Exception)arguments.Outcome.Exception!;
                    Log.TryingAgain(
                        logger,
                        exception.Method,
                        arguments.AttemptNumber + 2,
                        arguments.RetryDelay.TotalMilliseconds,
                        FailureReason.Of(exception),
                        exception.ErrorCode,
                        exception.StatusCode);
                    Telemetry.Retried(exception);
                    CallOf(arguments.Context).Repeat(exception);
                    return default;
                },
            })
            .Build();
    }

    /// <summary>Gets the maximum delay before an attempt.</summary>
    internal TimeSpan MaxDelay { get; }

    /// <summary>Gets whether calls are retried at all.</summary>
    internal bool RepeatsCalls { get; }

    /// <summary>Executes a call with retries.</summary>
    /// <remarks>
    /// The first attempt is outside of the Polly pipeline, because most calls succeed. Inside, a successful in-process call takes 1.4 µs
    /// (23 %) more CPU time and allocates 864 bytes (15 %) more.
    /// </remarks>
#if NET
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
#endif
    internal async ValueTask<TResponse> ExecuteAsync<TResponse>(
        CallContext call, Func<CallContext, CancellationToken, ValueTask<TResponse>> attempt, CancellationToken cancellationToken)
    {
        Outcome<TResponse> firstOutcome;
        try
        {
            return await attempt(call, cancellationToken).ConfigureAwait(false);
        }
        catch (Bitrix24Exception exception)
        {
            firstOutcome = Outcome.FromException<TResponse>(exception);
        }

        return await RetryAsync(firstOutcome, call, attempt, cancellationToken).ConfigureAwait(false);
    }

    private async Task<TResponse> RetryAsync<TResponse>(
        Outcome<TResponse>? firstOutcome,
        CallContext call,
        Func<CallContext, CancellationToken, ValueTask<TResponse>> attempt,
        CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, cancellationToken);
        context.Properties.Set(CallKey, call);
        try
        {
            var outcome = await pipeline.ExecuteOutcomeAsync(AttemptAsync, context, call).ConfigureAwait(false);

            // If the token is canceled before the pipeline handles the first outcome, that outcome is more informative.
            (firstOutcome ?? outcome).ThrowIfException();
            return outcome.Result!;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }

        async ValueTask<Outcome<TResponse>> AttemptAsync(ResilienceContext context, CallContext call)
        {
            if (firstOutcome is { } first)
            {
                firstOutcome = null;
                return first;
            }

            try
            {
                return Outcome.FromResult(await attempt(call, context.CancellationToken).ConfigureAwait(false));
            }
            catch (Exception exception)
            {
                return Outcome.FromException<TResponse>(exception);
            }
        }
    }

    /// <summary>
    /// Returns the required delay; <see langword="null"/> for the default. A portal that executes two requests with the same idempotency
    /// key at the same time can execute both. Unless a response of the portal proves that the earlier request is completed, the retry has
    /// to wait for its end.
    /// </summary>
    private TimeSpan? DelayOf(Bitrix24Exception exception, CallContext call)
    {
        if (call.IdempotencyKey is null || exception is not Bitrix24TransportException { Execution: CallExecution.Unknown })
        {
            return exception.RetryAfter;
        }

        var rest = MaxExecutionTime - timeProvider.GetElapsedTime(call.SentAt);
        return rest > (exception.RetryAfter ?? TimeSpan.Zero) ? rest : exception.RetryAfter;
    }

    private bool CanRetry(Bitrix24Exception exception, CallContext call) =>
        (DelayOf(exception, call) is not { } delay || delay <= MaxDelay) && exception.Retry switch
        {
            RetryDisposition.AfterWaiting => true,
            RetryDisposition.IfIdempotent => call.Operation.IsIdempotent || (call.IdempotencyKey is not null && IsKeySafe(exception)),
            _ => false,
        };

    /// <summary>
    /// Returns whether resending the idempotency key is safe: the portal either stored a success or did not run the call. After an error of
    /// the portal the same key would run the method again.
    /// </summary>
    private static bool IsKeySafe(Bitrix24Exception exception) =>
        exception is Bitrix24TransportException && (int?)exception.StatusCode is null or (>= 200 and < 300) or 502 or 503 or 504;

    private static CallContext CallOf(ResilienceContext context) => context.Properties.GetValue(CallKey, null!);
}
