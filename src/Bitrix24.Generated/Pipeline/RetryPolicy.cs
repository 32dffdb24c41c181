using System.Runtime.ExceptionServices;
using Bitrix24.Diagnostics;
using Bitrix24.Errors;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace Bitrix24.Pipeline;

/// <summary>Tries a call again by one question: did it run?</summary>
internal sealed class RetryPolicy
{
    private static readonly ResiliencePropertyKey<CallContext> CallKey = new("Bitrix24.Call");

    /// <summary>A portal runs no request for longer.</summary>
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(60);

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
                ShouldHandle = arguments => new(arguments.Outcome.Exception is Bitrix24Exception exception && MayBeTriedAgain(exception, CallOf(arguments.Context))),
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

    /// <summary>Gets the longest wait that is worth it.</summary>
    internal TimeSpan MaxDelay { get; }

    /// <summary>Gets whether calls are sent again at all.</summary>
    internal bool RepeatsCalls { get; }

    /// <summary>The first attempt is made here: only a call that has failed needs the pipeline.</summary>
    internal async Task<TResponse> ExecuteAsync<TResponse>(CallContext call, Func<CallContext, CancellationToken, Task<TResponse>> attempt, CancellationToken cancellationToken)
    {
        ExceptionDispatchInfo failure;
        try
        {
            return await attempt(call, cancellationToken).ConfigureAwait(false);
        }
        catch (Bitrix24Exception exception)
        {
            failure = ExceptionDispatchInfo.Capture(exception);
        }

        return await TryAgainAsync(failure, call, attempt, cancellationToken).ConfigureAwait(false);
    }

    private async Task<TResponse> TryAgainAsync<TResponse>(ExceptionDispatchInfo? failure, CallContext call, Func<CallContext, CancellationToken, Task<TResponse>> attempt, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, cancellationToken);
        context.Properties.Set(CallKey, call);
        try
        {
            return await pipeline.ExecuteAsync(
                async context =>
                {
                    Interlocked.Exchange(ref failure, null)?.Throw();
                    return await attempt(call, context.CancellationToken).ConfigureAwait(false);
                },
                context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (failure is not null)
        {
            // Cancelled before the pipeline has looked at it: what came of the attempt is worth more.
            failure.Throw();
            throw;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>
    /// Two requests with one key that a portal runs at the same time may both run. Where no answer of the portal itself says that the
    /// earlier one is over, it has to be waited for.
    /// </summary>
    private TimeSpan? DelayOf(Bitrix24Exception exception, CallContext call)
    {
        if (call.IdempotencyKey is null || exception is not Bitrix24TransportException { Execution: CallExecution.Unknown })
        {
            return exception.RetryAfter;
        }

        var rest = LongestRun - timeProvider.GetElapsedTime(call.SentAt);
        return rest > (exception.RetryAfter ?? TimeSpan.Zero) ? rest : exception.RetryAfter;
    }

    private bool MayBeTriedAgain(Bitrix24Exception exception, CallContext call) => (DelayOf(exception, call) is not { } delay || delay <= MaxDelay) && exception.Retry switch
    {
        RetryDisposition.AfterWaiting => true,
        RetryDisposition.IfIdempotent => call.Operation.IsIdempotent || (call.IdempotencyKey is not null && IsKept(exception)),
        _ => false,
    };

    /// <summary>
    /// Whether a portal that gets the key again can only have kept what came of it. It keeps the answers of calls that succeeded; after an
    /// error of its own the same key runs the method again.
    /// </summary>
    private static bool IsKept(Bitrix24Exception exception) => exception is Bitrix24TransportException && (int?)exception.StatusCode is null or (>= 200 and < 300) or 502 or 503 or 504;

    private static CallContext CallOf(ResilienceContext context) => context.Properties.GetValue(CallKey, null!);
}
