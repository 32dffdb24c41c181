using System.Net.Http;
using System.Net.Http.Headers;
using System.Threading.RateLimiting;

namespace Bitrix24;

/// <content>The one way of a call: every generated operation comes through here.</content>
public sealed partial class Bitrix24Client
{
    private static readonly MediaTypeWithQualityHeaderValue AcceptedType = new("application/json");

    private Task<TResponse> SendAsync<TResponse>(Operation operation, IRequest request, CancellationToken cancellationToken)
        where TResponse : IResponse
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Validate();
        return CallAsync<TResponse>(new Call(operation, request), cancellationToken);
    }

    private async Task<TResponse> CallAsync<TResponse>(Call call, CancellationToken cancellationToken)
        where TResponse : IResponse
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var activity = Telemetry.StartCall(call.Method, portal);
        var started = runtime.TimeProvider.GetTimestamp();
        try
        {
            var response = await runtime.Retry.ExecuteAsync(call, AttemptAsync<TResponse>, cancellationToken).ConfigureAwait(false);
            var duration = runtime.TimeProvider.GetElapsedTime(started);
            Log.CallSucceeded(runtime.Logger, call.Method, duration.TotalMilliseconds, call.Attempts);
            Telemetry.Succeeded(activity, call.Method, duration, call.Attempts, response.Time);
            return response;
        }
        catch (Bitrix24Exception exception)
        {
            var duration = runtime.TimeProvider.GetElapsedTime(started);
            Log.CallFailed(runtime.Logger, call.Method, duration.TotalMilliseconds, exception.Attempts, exception.ErrorCode, exception.StatusCode, exception.Execution);
            Telemetry.Failed(activity, duration, exception);
            throw;
        }
        catch (OperationCanceledException)
        {
            Telemetry.Cancelled(activity, call.Method, runtime.TimeProvider.GetElapsedTime(started));
            throw;
        }
    }

    /// <summary>One attempt, and where the access token has expired, one more with a new token.</summary>
    private async Task<TResponse> AttemptAsync<TResponse>(Call call, CancellationToken cancellationToken)
        where TResponse : IResponse
    {
        var accessToken = await credentials.AccessTokenAsync(call.Method, cancellationToken).ConfigureAwait(false);
        try
        {
            return await TryAsync<TResponse>(call, accessToken, cancellationToken).ConfigureAwait(false);
        }
        catch (Bitrix24AuthenticationException exception) when (exception.Retry == RetryAdvice.AfterRenewal && credentials.CanRenew)
        {
            accessToken = await credentials.RenewAsync(accessToken!, call.Method, new TokenEndpoint(runtime), cancellationToken).ConfigureAwait(false);
        }

        return await TryAsync<TResponse>(call, accessToken, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A new request, stamped with the authorization, and the answer to it, read once.</summary>
    private async Task<TResponse> TryAsync<TResponse>(Call call, string? accessToken, CancellationToken cancellationToken)
        where TResponse : IResponse
    {
        call.Attempts++;
        await WaitForBudgetAsync(call, cancellationToken).ConfigureAwait(false);
        await WaitForTurnAsync(call, portal, cancellationToken).ConfigureAwait(false);

        var context = ContextOf(call);
        using var timeout = runtime.NewTimeout();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var sendingStarted = false;
        try
        {
            for (var hops = 0; ; hops++)
            {
                var origin = portal;
                using var body = new RequestBody(call.Request, accessToken);
                using var message = NewMessage(new Uri(origin, credentials.MethodPath(call.Method)), body);
                try
                {
                    using var response = await runtime.Http().SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
                    if (IsRedirect(response.StatusCode))
                    {
                        Move(origin, message.RequestUri!, response, hops, context);
                        continue;
                    }

                    return await ReadAsync<TResponse>(call, context, response, either.Token).ConfigureAwait(false);
                }
                finally
                {
                    sendingStarted = body.SendingStarted;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw TransportFailure.TimedOut(context, sendingStarted);
        }
        catch (OperationCanceledException exception)
        {
            // The caller's token, not the linked one that nobody outside knows.
            Log.CallCancelled(runtime.Logger, call.Method, sendingStarted ? CallExecution.Unknown : CallExecution.NotExecuted);
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
        catch (Exception exception) when (exception is not Bitrix24Exception)
        {
            // Of whatever type: connections, decoders and handlers of the application throw many, and none says whether the call ran.
            throw TransportFailure.Broken(context, sendingStarted, exception);
        }
    }

    private async Task<TResponse> ReadAsync<TResponse>(Call call, FailureContext context, HttpResponseMessage response, CancellationToken cancellationToken)
        where TResponse : IResponse
    {
        var bound = response.IsSuccessStatusCode ? runtime.MaxResponseSize : Math.Min(ResponseBody.MaxErrorSize, runtime.MaxResponseSize);
        using var body = await ResponseBody.ReadAsync(response.Content, bound, cancellationToken).ConfigureAwait(false) ?? throw TransportFailure.TooLarge(context, response, bound);
        try
        {
            var answer = Answer.Read<TResponse>(context, response, body, runtime.TimeProvider);
            executionTime.Note(call.Method, answer.Time);
            return answer;
        }
        catch (Bitrix24RateLimitException exception) when (exception.ErrorCode == Bitrix24ErrorCode.QueryLimitExceeded)
        {
            (runtime.RateLimit.For(portal, runtime.TimeProvider) as PortalRateLimiter)?.Drain();
            throw;
        }
        catch (Bitrix24RateLimitException exception) when (exception.ErrorCode == Bitrix24ErrorCode.OperationTimeLimit && exception.RetryAfter is null)
        {
            throw exception.WithRetryAfter(executionTime.UntilReset(call.Method));
        }
    }

    private async Task WaitForBudgetAsync(Call call, CancellationToken cancellationToken)
    {
        if (runtime.ExecutionTimeBudget is { } budget && executionTime.Wait(call.Method, budget) is var wait && wait > TimeSpan.Zero)
        {
            Log.WaitingForBudget(runtime.Logger, call.Method, wait.TotalMilliseconds);
            await Task.Delay(wait, runtime.TimeProvider, cancellationToken).ConfigureAwait(false);
            Telemetry.Waited(call.Method, wait);
        }
    }

    private async Task WaitForTurnAsync(Call call, Uri host, CancellationToken cancellationToken)
    {
        if (runtime.RateLimit.For(host, runtime.TimeProvider) is not { } limiter)
        {
            return;
        }

        var started = runtime.TimeProvider.GetTimestamp();
        using var lease = await limiter.AcquireAsync(1, cancellationToken).ConfigureAwait(false);
        if (!lease.IsAcquired)
        {
            throw LimitFailure.NoTurn(ContextOf(call), lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter) ? retryAfter : null);
        }

        Telemetry.Waited(call.Method, runtime.TimeProvider.GetElapsedTime(started));
    }

    private FailureContext ContextOf(Call call) => new(call.Method, call.Attempts, call.Operation.WhenUnknown, redact);

    private HttpRequestMessage NewMessage(Uri url, RequestBody body)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, url) { Content = body };
        message.Headers.Accept.Add(AcceptedType);
        message.Headers.TryAddWithoutValidation("User-Agent", runtime.UserAgent);
        HttpConnections.OfferHttp2(message);
        SendPass.Attach(message);
        return message;
    }
}
