#if NET
using System.Runtime.CompilerServices;
#endif
using Bitrix24.Authentication;
using Bitrix24.Diagnostics;
using Bitrix24.Errors;
using Bitrix24.Operations;

namespace Bitrix24.Pipeline;

/// <summary>
/// Executes calls in this order: validate, telemetry, retry (token refresh (execution time, rate limit, token, redirect (build, send, read,
/// classify))).
/// </summary>
internal sealed class CallPipeline
{
    private readonly ClientContext context;
    private readonly CredentialScheme credentials;
    private readonly PortalLocation portal;
    private readonly ExecutionTimeStage executionTime;
    private readonly RateLimitStage rateLimit;
    private readonly RequestSender sender;

    internal CallPipeline(ClientContext context, CredentialScheme credentials)
    {
        this.context = context;
        this.credentials = credentials;
        Redact = credentials.Redact;
        portal = new PortalLocation(credentials.PortalUrl, context.Logger);
        executionTime = new ExecutionTimeStage(context, context.ExecutionTimeOf(credentials));
        rateLimit = new RateLimitStage(context);
        sender = new RequestSender(context, new MethodUriCache(credentials), executionTime, Redact);
    }

    /// <summary>Gets the function that removes the secrets of the credentials from a text.</summary>
    internal Func<string?, string?> Redact { get; }

    /// <summary>Validates a request and sends it.</summary>
    /// <exception cref="ArgumentException">The request is invalid. The exception is thrown before a task is returned.</exception>
    internal Task<TResponse> SendAsync<TResponse>(OperationDescriptor operation, IRequest request, CancellationToken cancellationToken)
        where TResponse : class, IResponse, new()
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Validate();
        return SendAsync<TResponse>(new CallContext(operation, request), cancellationToken);
    }

    internal async Task<TResponse> SendAsync<TResponse>(CallContext call, CancellationToken cancellationToken)
        where TResponse : class, IResponse, new()
    {
        var activity = Telemetry.StartCall(call.Method, portal.Current);
        var started = context.TimeProvider.GetTimestamp();
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            Func<CallContext, CancellationToken, ValueTask<TResponse>> attempt =
                credentials.MaxRefreshes > 0 ? SendWithTokenRefreshAsync<TResponse> : SendUntilAcceptedAsync<TResponse>;
            var response = await context.Retry.ExecuteAsync(call, attempt, cancellationToken).ConfigureAwait(false);
            var duration = context.TimeProvider.GetElapsedTime(started);
            Log.CallSucceeded(context.Logger, call.Method, duration.TotalMilliseconds, call.Attempts);
            Telemetry.Succeeded(activity, call.Method, duration, call.Attempts, response.Time);
            return response;
        }
        catch (Bitrix24Exception exception)
        {
            call.Conclude(exception);
            var duration = context.TimeProvider.GetElapsedTime(started);
            Log.CallFailed(
                context.Logger,
                call.Method,
                duration.TotalMilliseconds,
                FailureReason.Of(exception),
                exception.Attempts,
                exception.Execution,
                exception.ErrorCode,
                exception.StatusCode);
            Telemetry.Failed(activity, duration, exception);
            throw;
        }
        catch (OperationCanceledException)
        {
            Telemetry.Cancelled(activity, call.Method, context.TimeProvider.GetElapsedTime(started), call.Attempts);
            throw;
        }
        finally
        {
            call.Release();
            Telemetry.EndCall(activity);
        }
    }

    /// <summary>Returns the data that all errors of an operation share.</summary>
    internal ErrorContext ErrorsOf(OperationDescriptor operation, int attempts = 1) =>
        new(operation.Method, attempts, operation.UnknownOutcomeHint, Redact) { IsIdempotent = operation.IsIdempotent };

    /// <summary>Returns the time until a method has execution time again; <see langword="null"/> if it is unknown.</summary>
    internal TimeSpan? UntilReset(string method) => executionTime.UntilReset(method);

    /// <summary>Sends again with another access token where the portal does not accept the present one.</summary>
#if NET
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
#endif
    private async ValueTask<TResponse> SendWithTokenRefreshAsync<TResponse>(CallContext call, CancellationToken cancellationToken)
        where TResponse : class, IResponse, new()
    {
        for (var refreshes = 0; ; refreshes++)
        {
            try
            {
                return await SendUntilAcceptedAsync<TResponse>(call, cancellationToken).ConfigureAwait(false);
            }
            catch (Bitrix24AuthenticationException exception)
                when (refreshes < credentials.MaxRefreshes && exception.Retry == RetryDisposition.AfterRefresh)
            {
                var refreshed = await credentials.RefreshAsync(call.AccessToken!, context.Http, cancellationToken).ConfigureAwait(false);
                ThrowIfFailed(refreshed, call);
                if (!call.TryReplaceToken(refreshed.AccessToken))
                {
                    throw;
                }
            }
            catch (Bitrix24AuthenticationException exception) when (refreshes == 0 && IsTokenUnknown(exception))
            {
                var reloaded = await credentials.ReloadTokenAsync(context.Http, cancellationToken).ConfigureAwait(false);
                ThrowIfFailed(reloaded, call);
                if (!call.TryReplaceToken(reloaded.AccessToken))
                {
                    throw;
                }
            }
        }
    }

    /// <summary>Sends a call again as soon as there is room if the portal rejects it because of too many requests.</summary>
#if NET
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
#endif
    private async ValueTask<TResponse> SendUntilAcceptedAsync<TResponse>(CallContext call, CancellationToken cancellationToken)
        where TResponse : class, IResponse, new()
    {
        while (true)
        {
            try
            {
                return await SendAttemptAsync<TResponse>(call, cancellationToken).ConfigureAwait(false);
            }
            catch (Bitrix24RateLimitException refusal) when (rateLimit.CanWait(call, refusal))
            {
                Log.WaitingForRoom(context.Logger, call.Method, call.Attempts, refusal.ErrorCode);
                Telemetry.Retried(refusal);
                call.Repeat(refusal);
                await rateLimit.WaitAsync(call, refusal, cancellationToken).ConfigureAwait(false);
            }
        }
    }

#if NET
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
#endif
    private async ValueTask<TResponse> SendAttemptAsync<TResponse>(CallContext call, CancellationToken cancellationToken)
        where TResponse : class, IResponse, new()
    {
        await executionTime.WaitAsync(call, cancellationToken).ConfigureAwait(false);
        var first = portal.Current;
        var host = first;
        for (var hops = 0; ; hops++)
        {
            using var permit = await rateLimit.AcquireAsync(call, host, ErrorsOf(call), cancellationToken).ConfigureAwait(false);

            // After the waits, because a token from before could have expired.
            var token = await credentials.GetTokenAsync(context.Http, call.TakeRefreshedToken(), cancellationToken).ConfigureAwait(false);
            ThrowIfFailed(token, call);
            if (hops == 0)
            {
                call.BeginAttempt();
            }

            try
            {
                var (response, movedTo) = await sender
                    .SendHttpRequestAsync<TResponse>(call, host, token.AccessToken, hops, ErrorsOf(call), cancellationToken)
                    .ConfigureAwait(false);
                if (movedTo is null)
                {
                    portal.RecordNewHost(first, host);
                    return response!;
                }

                call.EndWithoutExecution();
                host = movedTo;
            }
            catch (Bitrix24Exception exception) when (exception.Execution == CallExecution.NotExecuted)
            {
                call.EndWithoutExecution();
                if (exception is Bitrix24RateLimitException { IsRefusedForRate: true })
                {
                    permit.Refuse();
                }

                throw;
            }
        }
    }

    private static bool IsTokenUnknown(Bitrix24AuthenticationException exception) =>
        exception is { Execution: CallExecution.NotExecuted, ErrorCode: Bitrix24ErrorCode.NoAuthFound or Bitrix24ErrorCode.InvalidToken };

    /// <summary>Throws if there is no token. The portal rejected the call or the call was not sent, so it was not executed.</summary>
    private static void ThrowIfFailed(TokenResult token, CallContext call)
    {
        if (token.Error is { } error)
        {
            throw new Bitrix24AuthenticationException(error.ToFailure(call.Method, call.Attempts));
        }
    }

    private ErrorContext ErrorsOf(CallContext call) => ErrorsOf(call.Operation, call.Attempts);
}
