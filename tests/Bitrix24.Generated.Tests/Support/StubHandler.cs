using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Bitrix24.Tests;

/// <summary>Responds instead of a portal, without a network, and records the requests.</summary>
internal sealed class StubHandler(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
{
    private readonly List<string> bodies = [];

    public IReadOnlyList<string> Bodies => bodies;

    public int Requests => bodies.Count;

    public static StubHandler Answering(
        HttpStatusCode status,
        byte[] body,
        string? contentType = "application/json; charset=utf-8",
        Action<HttpResponseMessage>? adjust = null
    ) =>
        new(
            (_, _) =>
            {
                var response = new HttpResponseMessage(status) { Content = new ByteArrayContent(body) };
                response.Content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
                adjust?.Invoke(response);
                return Task.FromResult(response);
            }
        );

    public static StubHandler Answering(HttpStatusCode status, string body, string? contentType = "application/json; charset=utf-8") =>
        Answering(status, Encoding.UTF8.GetBytes(body), contentType);

    public static StubHandler Throwing(Exception exception) => new((_, _) => throw exception);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        bodies.Add(await request.Content!.ReadAsStringAsync(cancellationToken));
        return await answer(request, cancellationToken);
    }
}
