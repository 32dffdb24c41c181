using System.Net;
using Bitrix24.Testing;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Tests;

public sealed class AccessTokenProviderTests
{
    private const string PortalUrl = "https://portal.example/";
    private const string Expired = """{"error":"expired_token","error_description":"The access token provided has expired"}""";

    [Fact]
    public async Task Call_asks_for_the_token_of_each_attempt()
    {
        using var portal = NewPortal();
        var asked = 0;
        var credentials = Provider(portal.Url.ToString(), () => (portal.AccessToken, asked++).AccessToken);
        var bitrix24 = TestClient.On(credentials, options => options.Retry.MaxAttempts = 2);
        portal.FailNext(SimulatedFault.Error(HttpStatusCode.ServiceUnavailable, "OVERLOAD_LIMIT"));

        await Record.ExceptionAsync(() => bitrix24.AddCallListAsync(TestClient.Request));
        await bitrix24.AddCallListAsync(TestClient.Request);

        Assert.Equal(portal.Requests.Count, asked);
    }

    [Fact]
    public async Task Expired_token_is_replaced_by_what_the_function_returns_next()
    {
        using var portal = NewPortal();
        var asked = new List<string>();
        var credentials = Provider(portal.Url.ToString(), () =>
        {
            asked.Add(asked.Count == 0 ? "old" : portal.AccessToken);
            return " " + asked[^1] + "\n";
        });
        portal.FailNext(SimulatedFault.Error(HttpStatusCode.Unauthorized, "expired_token"));

        var response = await TestClient.On(credentials).AddCallListAsync(TestClient.Request);

        Assert.Equal(portal.CallLists.Single().Id, response.Result);
        Assert.Equal(["old", portal.AccessToken], asked);
        Assert.Equal(asked, TokensOf(portal));
    }

    [Theory]
    [InlineData("expired_token", Bitrix24ErrorCode.ExpiredToken)]
    [InlineData("NO_AUTH_FOUND", Bitrix24ErrorCode.NoAuthFound)]
    public async Task Refused_token_that_the_function_returns_again_is_not_sent_again(string error, Bitrix24ErrorCode code)
    {
        using var portal = NewPortal();
        portal.FailNext(SimulatedFault.Error(HttpStatusCode.Unauthorized, error), times: 10);
        var asked = 0;

        var exception = await Fails(Provider(portal.Url.ToString(), () => (portal.AccessToken, asked++).AccessToken));

        Assert.Equal((code, CallExecution.NotExecuted, 1), (exception.ErrorCode, exception.Execution, exception.Attempts));
        Assert.Equal(2, asked);
        Assert.Single(portal.Requests);
    }

    [Fact]
    public async Task Second_expired_token_ends_the_call()
    {
        using var portal = NewPortal();
        portal.FailNext(SimulatedFault.Error(HttpStatusCode.Unauthorized, "expired_token"), times: 10);
        var asked = 0;

        var exception = await Fails(Provider(portal.Url.ToString(), () => $"token{++asked}"));

        Assert.Equal((Bitrix24ErrorCode.ExpiredToken, CallExecution.NotExecuted), (exception.ErrorCode, exception.Execution));
        Assert.Equal(2, exception.Attempts);
        Assert.Equal(["token1", "token2"], TokensOf(portal));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \n")]
    public async Task Blank_token_fails_the_call_before_it_is_sent(string? token)
    {
        using var portal = NewPortal();

        var exception = await Fails(Provider(portal.Url.ToString(), () => token!));

        Assert.Equal("crm.calllist.add failed: the function that provides the access token returned none.", exception.Message);
        Assert.Equal(CallExecution.NotExecuted, exception.Execution);
        Assert.Empty(portal.Requests);
    }

    [Fact]
    public async Task Function_that_throws_fails_the_call_and_is_its_cause()
    {
        using var portal = NewPortal();
        var harmless = new TimeoutException("The vault did not respond.");

        var exception = await Fails(Provider(portal.Url.ToString(), () => throw harmless));

        Assert.Equal("crm.calllist.add failed: the function that provides the access token failed (TimeoutException).", exception.Message);
        Assert.Equal(CallExecution.NotExecuted, exception.Execution);
        Assert.Same(harmless, exception.InnerException);
        Assert.Empty(portal.Requests);
    }

    [Fact]
    public async Task Function_that_throws_when_asked_again_leaves_the_call_not_executed()
    {
        using var handler = StubHandler.Answering(HttpStatusCode.Unauthorized, Expired);
        var asked = 0;
        var credentials = Provider(PortalUrl, () => asked++ == 0 ? "t0ken-0f-acme" : throw new IOException("t0ken-0f-acme is gone"));
        using var client = new TestClient(handler, options => options.Credentials = credentials);

        var exception = await Assert.ThrowsAsync<Bitrix24AuthenticationException>(
            () => client.Bitrix24.AddCallListAsync(TestClient.Request));

        Assert.Equal((CallExecution.NotExecuted, 1), (exception.Execution, exception.Attempts));
        Assert.Null(exception.InnerException);
        Assert.DoesNotContain("t0ken-0f-acme", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_token_that_the_function_returned_is_redacted()
    {
        string[] tokens = [.. Enumerable.Range(0, 20).Select(number => $"t0ken-0f-acme-{number:000}")];
        var answer = $$"""{"error":"ERROR_ARGUMENT","error_description":"{{string.Join(' ', tokens)}}"}""";
        var asked = 0;
        using var client = new TestClient(
            StubHandler.Answering(HttpStatusCode.BadRequest, answer),
            options => options.Credentials = Provider(PortalUrl, () => tokens[asked++]));

        Bitrix24Exception? last = null;
        foreach (var _ in tokens)
        {
            last = await Assert.ThrowsAsync<Bitrix24InvalidRequestException>(() => client.Bitrix24.AddCallListAsync(TestClient.Request));
        }

        Assert.Equal(string.Join(' ', tokens.Select(_ => "***")), last!.ErrorDescription);
        Assert.DoesNotContain("t0ken", last.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Function_is_canceled_with_the_call()
    {
        using var cancellation = new CancellationTokenSource();
        var credentials = Bitrix24Credentials.AccessToken(PortalUrl, async token =>
        {
            await cancellation.CancelAsync();
            await new TaskCompletionSource().Task.WaitAsync(token);
            return "token";
        });

        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => TestClient.On(credentials).AddCallListAsync(TestClient.Request, cancellation.Token));

        Assert.Equal(cancellation.Token, exception.CancellationToken);
    }

    [Fact]
    public async Task Function_that_never_returns_is_given_up_after_the_attempt_timeout()
    {
        var clock = new SkippingTimeProvider();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var credentials = Bitrix24Credentials.AccessToken(PortalUrl, async _ =>
        {
            asked.SetResult();
            return await new TaskCompletionSource<string>().Task;
        });

        var call = TestClient.On(credentials, options => options.TimeProvider = clock).AddCallListAsync(TestClient.Request);
        await asked.Task;
        while (!call.IsCompleted)
        {
            clock.ExpireAttempts();
            await Task.Yield();
        }

        var exception = await Assert.ThrowsAsync<Bitrix24AuthenticationException>(() => call);
        Assert.Equal(CallExecution.NotExecuted, exception.Execution);
    }

    [Fact]
    public void ToString_shows_the_portal_only() =>
        Assert.Equal("Access tokens of a function for https://portal.example/", Provider(PortalUrl, () => "t0ken").ToString());

    private static async Task<Bitrix24AuthenticationException> Fails(Bitrix24Credentials credentials) =>
        await Assert.ThrowsAsync<Bitrix24AuthenticationException>(() => TestClient.On(credentials).AddCallListAsync(TestClient.Request));

    private static Bitrix24Credentials Provider(string portalUrl, Func<string> token) =>
        Bitrix24Credentials.AccessToken(portalUrl, _ => new ValueTask<string>(token()));

    private static IEnumerable<string?> TokensOf(SimulatedPortal portal) =>
        portal.Requests.Select(request => (string?)JObject.Parse(request.Body)["auth"]);

    private static SimulatedPortal NewPortal()
    {
        var portal = SimulatedPortal.Start();
        portal.Contacts.Add(9, 17, 19);
        portal.Webforms.Add(1);
        return portal;
    }
}
