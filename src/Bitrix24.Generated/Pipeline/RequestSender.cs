#if NET
using System.Runtime.CompilerServices;
#endif
using Bitrix24.Diagnostics;
using Bitrix24.Errors;
using Bitrix24.Http;
using Bitrix24.Operations;

namespace Bitrix24.Pipeline;

/// <summary>Creates the request of an attempt, sends it once and classifies the response.</summary>
internal sealed class RequestSender(
    ClientContext context, MethodUriCache uris, ExecutionTimeStage executionTime, Func<string?, string?> redact)
{
    private const int MisdirectedRequest = 421;

    private readonly HttpSender http = context.Http;

    /// <returns>The response, or the host to which the portal has moved.</returns>
#if NET
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
#endif
    internal async ValueTask<(TResponse? Response, Uri? MovedTo)> SendHttpRequestAsync<TResponse>(
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
        using var cancellation = http.NewTimeout(call.AttemptTimeout);
        using var registration = cancellationToken.Register(static source => ((CancellationTokenSource)source!).Cancel(), cancellation);
        using var body = new RequestBody(call.Request, accessToken) { Sent = call.IdempotencyKey is null ? null : NoteSent(call) };
        var uri = uris.Get(host, call.Operation);
        using var message = http.NewPost(uri, body, call.IdempotencyKey, call.RequestId);
        using var token = body.Token!;
        try
        {
            using var response = await http.SendAsync(message, token, cancellation.Token).ConfigureAwait(false);
            return PortalLocation.IsRedirect(response.StatusCode)
                ? (default, PortalLocation.ResolveRedirect(uri, response, hops, errors))
                : (await ReadResponseAsync<TResponse>(call, errors, response, cancellation.Token).ConfigureAwait(false), null);
        }
        catch (Bitrix24Exception exception)
        {
            if ((int?)exception.StatusCode == MisdirectedRequest)
            {
                // One HTTP/2 connection can serve several hosts, and this connection does not serve the host.
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

#if NET
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
#endif
    private async ValueTask<TResponse> ReadResponseAsync<TResponse>(
        CallContext call, ErrorContext errors, HttpResponseMessage response, CancellationToken cancellationToken)
        where TResponse : class, IResponse, new()
    {
        var maxSize = response.IsSuccessStatusCode ? call.Operation.MaxResponseSize : ResponseBody.MaxErrorSize;
        using var body = await ResponseBody
            .ReadAsync(errors, response, Math.Min(maxSize, context.MaxResponseSize), http.MaxTotalResponseSize, cancellationToken)
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
    /// Maps an exception of any type. Connections, decoders and handlers of the application throw many types, and few of them state whether
    /// the portal executed the call.
    /// </summary>
    private Exception FailureWithoutResponse(
        Exception exception, in ErrorContext errors, RequestBody body, Uri uri, CancellationToken cancellationToken)
    {
        var isSent = body.Departure.End();
        var execution = CallContext.ExecutionWithoutResponse(isSent, body.Token!);
        if (isSent && exception is not SentAgainException)
        {
            http.Http2Suspension.Begin(uri);
        }

        if (exception is OperationCanceledException && cancellationToken.IsCancellationRequested)
        {
            // A new exception with the caller's token, without the linked token and without text of a handler.
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
