using System.Net.Http;
using System.Threading.RateLimiting;

namespace Bitrix24;

/// <content>The one way of a call: every generated operation comes through here.</content>
public sealed partial class Bitrix24Client
{
    private const int MisdirectedRequest = 421;

    internal Task<TResponse> SendAsync<TResponse>(Operation operation, IRequest request, CancellationToken cancellationToken)
        where TResponse : class, IResponse, new()
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Validate();
        return CallAsync<TResponse>(new Call(operation, request), cancellationToken);
    }

    private async Task<TResponse> CallAsync<TResponse>(Call call, CancellationToken cancellationToken)
        where TResponse : class, IResponse, new()
    {
        var activity = Telemetry.StartCall(call.Method, Volatile.Read(ref portal));
        var started = runtime.TimeProvider.GetTimestamp();
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            var response = await runtime.Retry.ExecuteAsync<TResponse>(call, credentials.CanRenew ? RenewingAsync<TResponse> : TryAsync<TResponse>, cancellationToken).ConfigureAwait(false);
            var duration = runtime.TimeProvider.GetElapsedTime(started);
            Log.CallSucceeded(runtime.Logger, call.Method, duration.TotalMilliseconds, call.Attempts);
            Telemetry.Succeeded(activity, call.Method, duration, call.Attempts, response.Time);
            return response;
        }
        catch (Bitrix24Exception exception)
        {
            if (call.MayHaveRun)
            {
                exception.EarlierAttemptMayHaveRun();
            }

            var duration = runtime.TimeProvider.GetElapsedTime(started);
            Log.CallFailed(
                runtime.Logger,
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
            Telemetry.Cancelled(activity, call.Method, runtime.TimeProvider.GetElapsedTime(started), call.Attempts);
            throw;
        }
        finally
        {
            call.Request.Release();
            Telemetry.EndCall(activity);
        }
    }

    /// <summary>
    /// One attempt, and where the portal does not take the access token, another with a new one. A new one may be somebody else's and
    /// have expired as well; one that was just issued is not renewed again.
    /// </summary>
    private async Task<TResponse> RenewingAsync<TResponse>(Call call, CancellationToken cancellationToken)
        where TResponse : class, IResponse, new()
    {
        const int MostRenewals = 2;
        for (var renewals = 0; ; renewals++)
        {
            try
            {
                return await TryAsync<TResponse>(call, cancellationToken).ConfigureAwait(false);
            }
            catch (Bitrix24AuthenticationException exception) when (renewals < MostRenewals && exception.Retry == RetryAdvice.AfterRenewal)
            {
                await credentials.RenewAsync(call.AccessToken!, call, new TokenEndpoint(runtime), cancellationToken).ConfigureAwait(false);
            }
            catch (Bitrix24AuthenticationException exception) when (renewals == 0 && exception is { Execution: CallExecution.NotExecuted, ErrorCode: Bitrix24ErrorCode.NoAuthFound or Bitrix24ErrorCode.InvalidToken })
            {
                if (await credentials.ReloadAsync(call, runtime, cancellationToken).ConfigureAwait(false) == call.AccessToken)
                {
                    throw;
                }
            }
        }
    }

    /// <summary>
    /// One attempt. A call that the portal refused because it gets too many requests waits in the limiter until there is room, where this client's
    /// own limit applies: that is no attempt that failed. It waits longer where the portal asks for that.
    /// </summary>
    private async Task<TResponse> TryAsync<TResponse>(Call call, CancellationToken cancellationToken)
        where TResponse : class, IResponse, new()
    {
        while (true)
        {
            try
            {
                return await FollowAsync<TResponse>(call, cancellationToken).ConfigureAwait(false);
            }
            catch (Bitrix24RateLimitException refusal) when (KeepsInLimiter(call, refusal))
            {
                Log.WaitingForRoom(runtime.Logger, call.Method, call.Attempts, refusal.ErrorCode);
                Telemetry.Retried(refusal);
                call.LastFailure = refusal;
                if (refusal.Delay is { } delay)
                {
                    await Task.Delay(delay, runtime.TimeProvider, cancellationToken).ConfigureAwait(false);
                    call.WaitedForTurn += delay;
                }
            }
        }
    }

    private bool KeepsInLimiter(Call call, Bitrix24RateLimitException refusal) =>
        runtime is { RateLimit.KeepsRefusedCalls: true, Retry.RepeatsCalls: true }
        && refusal is { IsRefusedForRate: true, Retry: RetryAdvice.AfterWaiting }
        && (refusal.Delay is not { } delay || (delay <= runtime.Retry.MaxDelay && call.WaitedForTurn + delay <= runtime.RateLimit.MaxWait));

    /// <summary>A new request, stamped with the authorization, and the answer to it, read once. A portal that has moved is followed.</summary>
    private async Task<TResponse> FollowAsync<TResponse>(Call call, CancellationToken cancellationToken)
        where TResponse : class, IResponse, new()
    {
        await WaitForBudgetAsync(call, cancellationToken).ConfigureAwait(false);
        var first = Volatile.Read(ref portal);
        var host = first;
        for (var hops = 0; ; hops++)
        {
            using var turn = await WaitForTurnAsync(call, host, cancellationToken).ConfigureAwait(false);

            // Read after the waits: what is read before them may have expired by now.
            call.AccessToken = await credentials.AccessTokenAsync(call, runtime, cancellationToken).ConfigureAwait(false);
            call.Attempts += hops == 0 ? 1 : 0;
            try
            {
                var (response, movedTo) = await SendOnceAsync<TResponse>(call, host, hops, cancellationToken).ConfigureAwait(false);
                if (movedTo is null)
                {
                    Moved(first, host);
                    return response!;
                }

                host = movedTo;
            }
            catch (Bitrix24Exception exception) when (exception.Execution == CallExecution.NotExecuted)
            {
                call.IsUnsettled = false;
                if (exception is Bitrix24RateLimitException { IsRefusedForRate: true })
                {
                    turn.Refuse();
                }

                throw;
            }

            call.IsUnsettled = false;
        }
    }

    private async Task<(TResponse? Response, Uri? MovedTo)> SendOnceAsync<TResponse>(Call call, Uri host, int hops, CancellationToken cancellationToken)
        where TResponse : class, IResponse, new()
    {
        if (call.SeesSendingThrough)
        {
            cancellationToken.ThrowIfCancellationRequested();
            cancellationToken = CancellationToken.None;
        }

        call.IsUnsettled = true;
        call.SentAt = runtime.TimeProvider.GetTimestamp();
        var context = ContextOf(call);
        using var either = runtime.NewTimeout();
        using var caller = cancellationToken.Register(static source => ((CancellationTokenSource)source!).Cancel(), either);

        // A portal begins to run what has arrived: with a slow connection that is long after the start of the attempt.
        using var body = new RequestBody(call.Request, call.AccessToken) { Sent = call.IdempotencyKey is null ? null : NoteSent(call) };
        var url = urls.Of(host, call.Operation);
        using var message = runtime.NewPost(url, body, call.IdempotencyKey);
        using var token = body.Token!;
        try
        {
            using var response = await runtime.SendAsync(message, token, either.Token).ConfigureAwait(false);
            return IsRedirect(response.StatusCode)
                ? (default, Target(url, response, hops, context))
                : (await ReadAsync<TResponse>(call, context, response, either.Token).ConfigureAwait(false), null);
        }
        catch (Bitrix24Exception exception)
        {
            if ((int?)exception.StatusCode == MisdirectedRequest)
            {
                // One connection of HTTP/2 serves several hosts, and this one is the wrong one.
                runtime.Http2Suspension.Begin(url);
            }

            if (token.IsUsedAgain)
            {
                exception.AddAdvice(SentAgainException.Advice);
            }

            throw;
        }
        catch (Exception exception)
        {
            throw FailureOf(exception, context, body, url, cancellationToken);
        }
    }

    /// <summary>
    /// What a failure of whatever type means: connections, decoders and handlers of the application throw many, and few say whether the call ran.
    /// </summary>
    private Exception FailureOf(Exception exception, in FailureContext context, RequestBody body, Uri url, CancellationToken cancellationToken)
    {
        var isUnprocessed = body.Token!.IsUnprocessed;
        var isSent = body.Departure.End();
        var mayHaveRun = isSent && !isUnprocessed;
        if (isSent && exception is not SentAgainException)
        {
            runtime.Http2Suspension.Begin(url);
        }

        if (exception is OperationCanceledException && cancellationToken.IsCancellationRequested)
        {
            // The caller's token, not the linked one that nobody outside knows, and nothing of what a handler may have said.
            Log.CallCancelled(runtime.Logger, context.Method, mayHaveRun ? CallExecution.Unknown : CallExecution.NotExecuted);
            return new OperationCanceledException(cancellationToken);
        }

        return exception is OperationCanceledException ? TransportFailure.TimedOut(context, mayHaveRun)
            : isUnprocessed && isSent ? TransportFailure.NotProcessed(context, exception)
            : TransportFailure.Broken(context, mayHaveRun, exception);
    }

    private Action NoteSent(Call call) => () => call.SentAt = runtime.TimeProvider.GetTimestamp();

    private async Task<TResponse> ReadAsync<TResponse>(Call call, FailureContext context, HttpResponseMessage response, CancellationToken cancellationToken)
        where TResponse : class, IResponse, new()
    {
        var longest = response.IsSuccessStatusCode ? call.Operation.MaxResponseSize : ResponseBody.MaxErrorSize;
        using var body = await ResponseBody
            .ReadAsync(context, response, Math.Min(longest, runtime.MaxResponseSize), runtime.MaxTotalResponseSize, cancellationToken)
            .ConfigureAwait(false);
        try
        {
            var answer = Answer.ReadResponse<TResponse>(context, response, body, runtime.TimeProvider);
            executionTime.Note(call.Method, answer.Time);
            NoteRefusedCommands(call, answer);
            Redact(answer);
            return answer;
        }
        catch (Bitrix24RateLimitException exception) when (exception.ErrorCode == Bitrix24ErrorCode.OperationTimeLimit)
        {
            throw exception.WithRetryAfter(executionTime.NoteRefusal(call.Method, exception.RetryAfter));
        }
    }

    /// <summary>The turn lasts until the answer is read.</summary>
    private async Task<Turn> WaitForTurnAsync(Call call, Uri host, CancellationToken cancellationToken)
    {
        var started = runtime.TimeProvider.GetTimestamp();
        var isRefused = call.LastFailure is Bitrix24RateLimitException { IsRefusedForRate: true };
        RateLimitLease? lease;
        try
        {
            lease = await runtime.RateLimit.AcquireAsync(host, runtime.TimeProvider, call.WaitedForTurn, isRefused, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // The caller's token, not a linked one, and no failure of somebody else's in place of a cancellation.
            cancellationToken.ThrowIfCancellationRequested();
            throw exception is OperationCanceledException ? NoTurn(call, retryAfter: null) : LimitFailure.Broken(ContextOf(call), exception);
        }

        if (lease is null)
        {
            return default;
        }

        var waited = runtime.TimeProvider.GetElapsedTime(started);
        call.WaitedForTurn += waited;
        if (!lease.IsAcquired)
        {
            using (lease)
            {
                throw NoTurn(call, lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter) ? retryAfter : null);
            }
        }

        Telemetry.Waited(call.Method, waited);
        return new Turn(lease);
    }

    /// <summary>Where the portal itself has refused the call before, its refusal is what the caller gets.</summary>
    private Bitrix24RateLimitException NoTurn(Call call, TimeSpan? retryAfter) =>
        call.LastFailure is Bitrix24RateLimitException refusal ? refusal.WithoutTurn(retryAfter) : LimitFailure.NoTurn(ContextOf(call), retryAfter);

    private FailureContext ContextOf(Call call) => ContextOf(call.Operation) with { Attempts = call.Attempts };
}
