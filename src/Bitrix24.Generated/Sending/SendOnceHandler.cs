using System.Net.Http;

namespace Bitrix24;

/// <summary>
/// Stands before the connection and lets each attempt through once. A handler that an application adds, for all of its clients
/// perhaps, would repeat requests without asking whether they ran, and make things twice.
/// </summary>
internal sealed class SendOnceHandler(HttpMessageHandler connections) : DelegatingHandler(connections)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (SendPass.Of(request) is not { } pass)
        {
            throw new HttpRequestException("A handler of the application has replaced the request by one of its own; it was not sent.");
        }

        return pass.TryUse()
            ? base.SendAsync(request, cancellationToken)
            : throw new HttpRequestException("A handler of the application tried to send the request again; it was sent once. Take that handler away from this client, which tries again by itself where that is safe.");
    }
}
