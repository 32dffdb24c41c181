using Bitrix24.Errors;

namespace Bitrix24.Http;

/// <summary>
/// Sends each attempt to the connections once. Otherwise a retry handler of the application, for example one for all of its HTTP clients,
/// could repeat a request that was executed and create objects twice.
/// </summary>
internal sealed class SendOnceHandler(HttpMessageHandler connections) : DelegatingHandler(connections)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (SingleSendToken.Of(request) is not { } token)
        {
            throw new InvalidOperationException(
                "A handler of the application replaced the request by another one. The request was not sent. "
                + "Remove that handler from this client.");
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
