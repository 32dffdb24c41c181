using System.Net;
using Bitrix24.Testing;
using Microsoft.Extensions.Logging;

namespace Bitrix24.Tests;

public sealed class RedirectTests
{
    [Theory]
    [InlineData("webhook")]
    [InlineData("token")]
    [InlineData("oauth")]
    public async Task Moved_portal_is_followed_remembered_and_logged_once(string kind)
    {
        using var old = NewPortal();
        using var moved = NewPortal();
        old.FailNext(SimulatedFault.MovedTo(moved.Url), times: 100);
        using var log = new CollectingLogger();
        var bitrix24 = Bitrix24Client.Create(
            new Bitrix24ClientOptions { Credentials = TestCredentials.Of(kind, old), RateLimit = Bitrix24RateLimit.Unlimited },
            log
        );

        var first = await bitrix24.AddCallListAsync(TestClient.Request);
        var second = await bitrix24.AddCallListAsync(TestClient.Request);

        Assert.Equal((1, 2), (first.Result, second.Result));
        Assert.Single(old.Requests);
        Assert.Equal(2, moved.CallLists.Count);
        Assert.All(
            moved.Requests,
            request =>
                Assert.Equal(
                    ("POST", old.Requests[0].PathAndQuery, old.Requests[0].Body),
                    (request.HttpMethod, request.PathAndQuery, request.Body)
                )
        );
        Assert.Single(log.Messages, message => message.Contains("moved to", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Messages, message => message.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_hops_are_followed_and_a_third_is_not()
    {
        using var first = NewPortal();
        using var second = NewPortal();
        using var third = NewPortal();
        using var fourth = NewPortal();
        first.FailNext(SimulatedFault.MovedTo(second.Url), times: 2);
        second.FailNext(SimulatedFault.MovedTo(third.Url), times: 2);

        await TestClient.On(first.WebhookUrl).AddCallListAsync(TestClient.Request);
        Assert.Single(third.CallLists);

        third.FailNext(SimulatedFault.MovedTo(fourth.Url));
        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() =>
            TestClient.On(first.WebhookUrl).AddCallListAsync(TestClient.Request)
        );
        Assert.Equal((CallExecution.NotExecuted, HttpStatusCode.Found), (exception.Execution, exception.StatusCode));
        Assert.Contains("too many times", exception.Message, StringComparison.Ordinal);
        Assert.Empty(fourth.Requests);
    }

    [Theory]
    [InlineData("", "without a target")]
    [InlineData("/rest/7/secret/crm.calllist.add", "to one of its own pages")]
    [InlineData("/bitrix/coupon_activation.php", "to one of its own pages")]
    [InlineData("https://elsewhere.example/login", "to a URL that is not this method")]
    [InlineData("http://elsewhere.example/rest/7/secret/crm.calllist.add", "to a URL without https")]
    public async Task Redirect_to_another_address_throws_and_sends_no_secret(string location, string words)
    {
        using var portal = NewPortal();
        portal.FailNext(SimulatedFault.Redirect(new Uri(location, UriKind.RelativeOrAbsolute)));

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() =>
            TestClient.On(portal.WebhookUrl).AddCallListAsync(TestClient.Request)
        );

        Assert.Contains(words, exception.Message, StringComparison.Ordinal);
        Assert.Equal(CallExecution.NotExecuted, exception.Execution);
        Assert.DoesNotContain("secret", exception.ToString(), StringComparison.Ordinal);
        Assert.Single(portal.Requests);
    }

    [Fact]
    public async Task Unreachable_new_host_is_not_remembered()
    {
        using var portal = NewPortal();
        using var closed = new ClosedPort();
        portal.FailNext(SimulatedFault.MovedTo(closed.Url));
        var bitrix24 = TestClient.On(portal.WebhookUrl);

        await Assert.ThrowsAsync<Bitrix24TransportException>(() => bitrix24.AddCallListAsync(TestClient.Request));
        await bitrix24.AddCallListAsync(TestClient.Request);

        Assert.Single(portal.CallLists);
    }

    [Fact]
    public async Task Redirect_from_a_public_host_to_loopback_is_not_followed()
    {
        var requests = 0;
        var handler = new StubHandler(
            (_, _) =>
            {
                requests++;
                return Task.FromResult(
                    new HttpResponseMessage(HttpStatusCode.Found)
                    {
                        Headers = { Location = new Uri("http://127.0.0.1/rest/1/s3cr3tc0de/crm.calllist.add") },
                    }
                );
            }
        );

        Assert.StartsWith("Bitrix24TransportException", await TestClient.Outcome(handler), StringComparison.Ordinal);
        Assert.Equal(1, requests);
    }

    private static SimulatedPortal NewPortal()
    {
        var portal = SimulatedPortal.Start(
            new SimulatedPortalOptions
            {
                UserId = 7,
                WebhookCode = "secret",
                AccessToken = "secret",
            }
        );
        portal.Contacts.Add(9, 17, 19);
        portal.Webforms.Add(1);
        return portal;
    }
}
