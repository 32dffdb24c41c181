using System.Net;
using System.Text;

namespace Bitrix24.Tests;

/// <summary>Tests the pages with which proxies and web servers reject requests.</summary>
public sealed class ProxyPageTests
{
    private const string NginxPage =
        "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n<center><h1>503 Service Temporarily "
            + "Unavailable</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n";

    [Theory]
    [InlineData("<html><h1>429 Too Many Requests</h1></html>", "text/html")]
    [InlineData("", "text/plain")]
    [InlineData("""{"message":"API rate limit exceeded"}""", "application/json")]
    [InlineData("""{"error":"rate limit exceeded"}""", "application/json")]
    public async Task Status_429_is_a_rate_limit_with_any_body(string body, string contentType)
    {
        var clock = new SkippingTimeProvider();
        var answers = new Queue<HttpResponseMessage>([
            Page(429, body, contentType, retryAfter: 7),
            Page(200, """{"result":11}""", "application/json"),
        ]);
        using var client = new TestClient(
            new StubHandler((_, _) => Task.FromResult(answers.Dequeue())),
            options => (options.TimeProvider, options.Retry.MaxAttempts) = (clock, 2)
        );

        Assert.Equal(11, (await client.Bitrix24.AddCallListAsync(TestClient.Request)).Result);
        Assert.Equal([TimeSpan.FromSeconds(7)], clock.Waits);

        answers.Enqueue(Page(429, body, contentType, retryAfter: 70));
        var exception = await Assert.ThrowsAsync<Bitrix24RateLimitException>(() => client.Bitrix24.AddCallListAsync(TestClient.Request));
        Assert.Equal(
            (CallExecution.NotExecuted, TimeSpan.FromSeconds(70), HttpStatusCode.TooManyRequests),
            (exception.Execution, exception.RetryAfter, exception.StatusCode)
        );
    }

    [Fact]
    public async Task Limit_page_of_nginx_is_not_executed()
    {
        var clock = new SkippingTimeProvider();
        var answers = new Queue<HttpResponseMessage>([
            Page(503, NginxPage, "text/html"),
            Page(200, """{"result":11}""", "application/json"),
        ]);
        using var client = new TestClient(
            new StubHandler((_, _) => Task.FromResult(answers.Dequeue())),
            options => (options.TimeProvider, options.Retry.MaxAttempts) = (clock, 2)
        );

        Assert.Equal(11, (await client.Bitrix24.AddCallListAsync(TestClient.Request)).Result);
        Assert.Single(clock.Waits);
    }

    [Theory]
    [InlineData(503, "upstream connect error or disconnect/reset before headers", "text/plain")]
    [InlineData(503, "<html><h1>503 Service Temporarily Unavailable</h1></html>", "text/html")]
    [InlineData(503, """{"message":"no healthy upstream"}""", "application/json")]
    [InlineData(502, "<center>nginx</center>", "text/html")]
    [InlineData(408, "<html>", "text/html")]
    [InlineData(429, """{"result":11}""", "application/json")]
    public async Task Other_pages_are_unknown(int status, string body, string contentType)
    {
        var handler = StubHandler.Answering((HttpStatusCode)status, body, contentType);
        using var client = new TestClient(
            handler,
            options => (options.TimeProvider, options.Retry.MaxAttempts) = (new SkippingTimeProvider(), 3)
        );

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() => client.Bitrix24.AddCallListAsync(TestClient.Request));
        Assert.Equal((CallExecution.Unknown, 1, (HttpStatusCode)status), (exception.Execution, exception.Attempts, exception.StatusCode));
    }

    [Theory]
    [InlineData(405, "POST is not allowed at this address")]
    [InlineData(413, "the request is larger than a proxy or the web server accepts; send a smaller request")]
    [InlineData(421, "the connection leads to a server that does not serve this host")]
    public async Task Rejections_of_a_proxy_have_messages(int status, string text)
    {
        using var client = new TestClient(StubHandler.Answering((HttpStatusCode)status, "<html>", "text/html"));

        var exception = await Assert.ThrowsAnyAsync<Bitrix24Exception>(() => client.Bitrix24.AddCallListAsync(TestClient.Request));

        Assert.Equal(FormattableString.Invariant($"crm.calllist.add failed: {text} (HTTP {status})."), exception.Message);
        Assert.Equal((CallExecution.NotExecuted, (HttpStatusCode)status), (exception.Execution, exception.StatusCode));
    }

    private static HttpResponseMessage Page(int status, string body, string contentType, int? retryAfter = null)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, contentType) };
        if (retryAfter is { } seconds)
        {
            response.Headers.Add("Retry-After", seconds.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        return response;
    }
}
