using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;

namespace Bitrix24;

/// <content>The one way of a call: every generated operation comes through here.</content>
public sealed partial class Bitrix24Client
{
    private static readonly MediaTypeWithQualityHeaderValue AcceptedType = new("application/json");

    private Task<TResponse> SendAsync<TResponse>(string method, IRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);

        request.Validate();
        return CallAsync<TResponse>(method, request, cancellationToken);
    }

    private async Task<TResponse> CallAsync<TResponse>(string method, IRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var started = timeProvider.GetTimestamp();
        try
        {
            var response = await TryAsync<TResponse>(method, request, cancellationToken).ConfigureAwait(false);
            Log.CallSucceeded(logger, method, timeProvider.GetElapsedTime(started).TotalMilliseconds);
            return response;
        }
        catch (Bitrix24Exception exception)
        {
            Log.CallFailed(logger, method, timeProvider.GetElapsedTime(started).TotalMilliseconds, exception.ErrorCode, exception.StatusCode, exception.Execution);
            throw;
        }
    }

    /// <summary>One attempt: a new request, stamped with the authorization, and the answer to it, read once.</summary>
    private async Task<TResponse> TryAsync<TResponse>(string method, IRequest request, CancellationToken cancellationToken)
    {
        using var timeout = NewTimeout();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        using var body = new RequestBody(request, credentials.BodyToken);
        using var message = NewMessage(method, body);
        try
        {
            using var response = await http().SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            using var content = await ReadAsync(response.Content, either.Token).ConfigureAwait(false);
            return Answer.Read<TResponse>(method, response, content, credentials);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw TransportFailure.Broken(method, body.SendingStarted, exception, credentials);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw TransportFailure.TimedOut(method, body.SendingStarted);
        }
        catch (OperationCanceledException exception)
        {
            // The caller's token, not the linked one that nobody outside knows.
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
    }

    private CancellationTokenSource NewTimeout() =>
#if NET
        new(attemptTimeout, timeProvider);
#else
        timeProvider.CreateCancellationTokenSource(attemptTimeout);
#endif

    private HttpRequestMessage NewMessage(string method, RequestBody body)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, credentials.MethodUrl(method)) { Content = body };
        message.Headers.Accept.Add(AcceptedType);
        message.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        HttpConnections.OfferHttp2(message);
        return message;
    }

    private static async Task<MemoryStream> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var body = new MemoryStream();
#if NET
        using var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
#else
        using var stream = await content.ReadAsStreamAsync().ConfigureAwait(false);
#endif
        await stream.CopyToAsync(body, 81920, cancellationToken).ConfigureAwait(false);
        body.Position = 0;
        return body;
    }
}
