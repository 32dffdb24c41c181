using System.Net;
using System.Reflection;
using System.Text.RegularExpressions;
using Bitrix24.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Bitrix24.Tests;

/// <summary>Tests the claims of the README that no other test covers.</summary>
public sealed class ReadmeClaimTests
{
    [Fact]
    public void Types_are_in_the_namespaces_of_the_readme()
    {
        Assert.Equal(["Bitrix24", "Microsoft.Extensions.DependencyInjection"], NamespacesOf(typeof(Bitrix24Client)));
        Assert.Equal(["Bitrix24.Testing"], NamespacesOf(typeof(SimulatedPortal)));
    }

    [Fact]
    public void Package_is_not_trimmable_and_client_is_not_disposable()
    {
        var metadata = typeof(Bitrix24Client).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>();
        Assert.DoesNotContain(metadata, attribute => attribute.Key == "IsTrimmable");
        Assert.False(typeof(IDisposable).IsAssignableFrom(typeof(Bitrix24Client)));
        Assert.False(typeof(IAsyncDisposable).IsAssignableFrom(typeof(Bitrix24Client)));
    }

    [Fact]
    public async Task Handler_of_the_application_sees_the_url_with_the_webhook_code()
    {
        Uri? seen = null;
        using var handler = new StubHandler((request, _) =>
        {
            seen = request.RequestUri;
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("""{"result":11}""") });
        });
        using var client = new TestClient(handler);

        await client.Bitrix24.AddCallListAsync(TestClient.Request);

        Assert.Equal(new Uri(TestClient.WebhookUrl + "crm.calllist.add"), seen);
    }

    [Fact]
    public async Task Exceptions_have_the_properties_that_the_readme_lists()
    {
        var readme = await File.ReadAllTextAsync(Repository.PathOf("README.md"));
        var timeout = TimeSpan.FromSeconds(5);
        const string Sentence = "All derive from `Bitrix24Exception` and carry (?<names>[^.]+)\\.";
        var list = Regex.Match(readme, Sentence, RegexOptions.ExplicitCapture, timeout).Groups["names"].Value;
        var matches = Regex.Matches(list, "`(?<name>[A-Za-z]+)`", RegexOptions.ExplicitCapture, timeout);
        var names = matches.Select(match => match.Groups["name"].Value).ToList();

        Assert.Equal(7, names.Count);
        Assert.All(names, name => Assert.NotNull(typeof(Bitrix24Exception).GetProperty(name)));
    }

    [Fact]
    public async Task Waits_between_four_attempts_are_random_and_about_1_1_and_2_seconds()
    {
        const int Calls = 500;
        var clock = new SkippingTimeProvider();
        using var client = new TestClient(
            StubHandler.Answering(HttpStatusCode.ServiceUnavailable, """{"error":"QUERY_LIMIT_EXCEEDED"}"""),
            options => (options.TimeProvider, options.Retry) = (clock, new Bitrix24RetryOptions()));
        for (var call = 0; call < Calls; call++)
        {
            await Assert.ThrowsAsync<Bitrix24RateLimitException>(() => client.Bitrix24.AddCallListAsync(TestClient.Request));
        }

        var waits = clock.Waits;
        var averages = Enumerable.Range(0, 3)
            .Select(wait => waits.Where((_, index) => index % 3 == wait).Average(span => span.TotalSeconds))
            .ToList();

        Assert.Equal(3 * Calls, waits.Count);
        Assert.True(waits.Distinct().Count() > Calls);
        Assert.InRange(averages[0], 0.7, 1.05);
        Assert.InRange(averages[1], 0.95, 1.4);
        Assert.InRange(averages[2], 1.75, 2.4);
    }

    [Fact]
    public async Task Four_attempts_are_made_by_default()
    {
        var clock = new SkippingTimeProvider();
        using var portal = SimulatedPortal.Start();
        portal.FailNext(SimulatedFault.Error(HttpStatusCode.ServiceUnavailable, "QUERY_LIMIT_EXCEEDED"), times: 4);
        var bitrix24 = Bitrix24Client.Create(new Bitrix24ClientOptions
        {
            Credentials = Bitrix24Credentials.Webhook(portal.WebhookUrl),
            TimeProvider = clock,
            RateLimit = Bitrix24RateLimit.Unlimited,
        });

        var exception = await Assert.ThrowsAsync<Bitrix24RateLimitException>(() => bitrix24.AddCallListAsync(TestClient.Request));

        Assert.Equal((4, 4), (exception.Attempts, portal.Requests.Count));
        Assert.Equal(3, clock.Waits.Count);
    }

    [Fact]
    public void Default_rate_limit_is_that_of_the_standard_plans()
    {
        var limit = new Bitrix24ClientOptions().RateLimit;

        Assert.Equal((50, 2), (limit.Burst, limit.PerSecond));
    }

    [Fact]
    public async Task Cookies_and_redirects_of_a_custom_primary_handler_are_disabled()
    {
        using var portal = SimulatedPortal.Start();
        portal.Contacts.Add(9, 17, 19);
        portal.Webforms.Add(1);
        using var handler = new SocketsHttpHandler { UseProxy = false };
        var services = new ServiceCollection();
        services.AddBitrix24Client(options => options.Credentials = Bitrix24Credentials.Webhook(portal.WebhookUrl))
            .ConfigurePrimaryHttpMessageHandler(() => handler);
        using var provider = services.BuildServiceProvider();

        await provider.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request);

        Assert.Equal((false, false), (handler.UseCookies, handler.AllowAutoRedirect));
    }

    [Fact]
    public async Task Plain_http_is_for_loopback_only()
    {
        Assert.Throws<ArgumentException>(() => Bitrix24Credentials.Webhook("http://portal.example/rest/1/abc/"));
        Assert.Throws<ArgumentException>(() => Bitrix24Credentials.AccessToken("http://portal.example/", "token"));

        using var portal = SimulatedPortal.Start();
        portal.Contacts.Add(9, 17, 19);
        portal.Webforms.Add(1);
        await TestClient.On(portal.WebhookUrl).AddCallListAsync(TestClient.Request);
        Assert.Equal("http", portal.Url.Scheme);
    }

    private static IEnumerable<string?> NamespacesOf(Type type) =>
        type.Assembly.GetExportedTypes()
            .Select(exported => exported.Namespace)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);
}
