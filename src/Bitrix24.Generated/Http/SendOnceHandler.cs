using Bitrix24.Errors;

namespace Bitrix24.Http;

/// <summary>
/// Lets each attempt through to the connections once. A handler that an application adds, perhaps for all of its clients, would repeat
/// requests without asking whether they ran, and create things twice.
/// </summary>
internal sealed class SendOnceHandler(HttpMessageHandler connections) : DelegatingHandler(connections)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (SingleSendToken.Of(request) is not { } token)
        {
            throw new InvalidOperationException("A handler of the application replaced the request with another one. The request was not sent. Remove that handler from this client.");
        }

        if (!token.TryUse(HttpHandlerFactory.RepeatOnlyUnprocessed(InnerHandler!)))
        {
            throw new SentAgainException();
        }

        try
        {
            var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                await token.KeepAsync(response, cancellationToken).ConfigureAwait(false);
            }

            return response;
        }
        catch (Exception exception)
        {
            token.ConnectionFailure = exception;
            throw;
        }
    }
}
