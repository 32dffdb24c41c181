using Bitrix24.Diagnostics;
using Bitrix24.Errors;
using Bitrix24.Http;
using Bitrix24.Operations;

namespace Bitrix24.Pipeline;

/// <summary>Builds the request of an attempt anew, sends it once, and classifies the response.</summary>
internal sealed class RequestSender(ClientContext context, MethodUriCache uris, ExecutionTimeStage executionTime, Func<string?, string?> redact)
{
    private const int MisdirectedRequest = 421;

    private readonly HttpSender http = context.Http;

    /// <returns>The response, or the host that the portal has moved to.</returns>
    internal async Task<(TResponse? Response, Uri? MovedTo)> SendHttpRequestAsync<TResponse>(
        CallContext call,
        Uri host,
        string? accessToken,
        int hops,
        ErrorContext errors,
        CancellationToken cancellationToken)
        where TResponse : class, IResponse, new()
    {
        if (call.IgnoresCancellationOnceSent)
        {
            cancellationToken.ThrowIfCancellationRequested();
            cancellationToken = CancellationToken.None;
        }

        call.BeginSend(accessToken, context.TimeProvider.GetTimestamp());
        using var either = http.NewTimeout(call.AttemptTimeout);
        using var caller = cancellationToken.Register(static source => ((CancellationTokenSource)source!).Cancel(), either);
        using var body = new RequestBody(call.Request, accessToken) { Sent = call.IdempotencyKey is null ? null : NoteSent(call) };
        var uri = uris.Get(host, call.Operation);
        using var message = http.NewPost(uri, body, call.IdempotencyKey, call.RequestId);
        using var token = body.Token!;
        try
        {
            using var response = await http.SendAsync(message, token, either.Token).ConfigureAwait(false);
            return PortalLocation.IsRedirect(response.StatusCode)
                ? (default, PortalLocation.ResolveRedirect(uri, response, hops, errors))
                : (await ReadResponseAsync<TResponse>(call, errors, response, either.Token).ConfigureAwait(false), null);
        }
        catch (Bitrix24Exception exception)
        {
            if ((int?)exception.StatusCode == MisdirectedRequest)
            {
                // One connection of HTTP/2 serves several hosts, and this one is the wrong one.
                http.Http2Suspension.Begin(uri);
            }

            if (token.IsUsedAgain)
            {
                exception.AddAdvice(SentAgainException.Advice);
            }

            throw;
        }
        catch (Exception exception)
        {
            throw FailureWithoutResponse(exception, errors, body, uri, cancellationToken);
        }
    }

    private async Task<TResponse> ReadResponseAsync<TResponse>(CallContext call, ErrorContext errors, HttpResponseMessage response, CancellationToken cancellationToken)
        where TResponse : class, IResponse, new()
    {
        var longest = response.IsSuccessStatusCode ? call.Operation.MaxResponseSize : ResponseBody.MaxErrorSize;
        using var body = await ResponseBody
            .ReadAsync(errors, response, Math.Min(longest, context.MaxResponseSize), http.MaxTotalResponseSize, cancellationToken)
            .ConfigureAwait(false);
        try
        {
            var result = ResponseClassifier.ReadResponse<TResponse>(errors, response, body, context.TimeProvider);
            executionTime.Note(call, result);
            (result as IBatchResponse)?.Redact(redact);
            return result;
        }
        catch (Bitrix24RateLimitException refusal) when (refusal.ErrorCode == Bitrix24ErrorCode.OperationTimeLimit)
        {
            throw executionTime.Note(call, refusal);
        }
    }

    /// <summary>
    /// Says what a failure of whatever type means: connections, decoders and handlers of the application throw many, and few of them say whether
    /// the portal executed the call.
    /// </summary>
    private Exception FailureWithoutResponse(Exception exception, in ErrorContext errors, RequestBody body, Uri uri, CancellationToken cancellationToken)
    {
        var isSent = body.Departure.End();
        var execution = CallContext.ExecutionWithoutResponse(isSent, body.Token!);
        if (isSent && exception is not SentAgainException)
        {
            http.Http2Suspension.Begin(uri);
        }

        if (exception is OperationCanceledException && cancellationToken.IsCancellationRequested)
        {
            // The caller's token, not the linked one that the caller does not know, and nothing of what a handler may have said.
            Log.CallCancelled(context.Logger, errors.Method, execution);
            return new OperationCanceledException(cancellationToken);
        }

        var mayHaveExecuted = execution == CallExecution.Unknown;
        return exception is OperationCanceledException ? TransportErrors.TimedOut(errors, mayHaveExecuted)
            : isSent && !mayHaveExecuted ? TransportErrors.NotProcessed(errors, exception)
            : TransportErrors.Broken(errors, mayHaveExecuted, exception);
    }

    private Action NoteSent(CallContext call) => () => call.NoteSent(context.TimeProvider.GetTimestamp());
}
