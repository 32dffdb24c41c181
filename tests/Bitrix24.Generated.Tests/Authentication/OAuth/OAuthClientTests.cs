using Bitrix24.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Bitrix24.Tests;

public sealed class OAuthClientTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData("https://acme.bitrix24.com")]
    [InlineData(" https://ACME.bitrix24.com/rest/ ")]
    public void GetAuthorizeUrl_names_the_application_and_the_state(string portalUrl)
    {
        var client = Bitrix24OAuthClient.Create(Options("app.1 & more"));

        var url = client.GetAuthorizeUrl(portalUrl, "r4nd0m/+&=ü");

        Assert.Equal(
            "https://acme.bitrix24.com/oauth/authorize/?client_id=app.1%20%26%20more&state=r4nd0m%2F%2B%26%3D%C3%BC", url.AbsoluteUri);
        Assert.DoesNotContain("s3cr3t", url.AbsoluteUri, StringComparison.Ordinal);
    }

    [Fact]
    public void GetAuthorizeUrl_invalid_argument_throws()
    {
        var client = Bitrix24OAuthClient.Create(Options("app.1"));

        Assert.Throws<ArgumentNullException>("portalUrl", () => client.GetAuthorizeUrl(null!, "state"));
        Assert.Throws<ArgumentNullException>("state", () => client.GetAuthorizeUrl("https://acme.bitrix24.com/", null!));
        Assert.Throws<ArgumentException>("state", () => client.GetAuthorizeUrl("https://acme.bitrix24.com/", " "));
        Assert.Throws<ArgumentException>("portalUrl", () => client.GetAuthorizeUrl("http://acme.bitrix24.com/", "state"));
        Assert.Throws<ArgumentException>("portalUrl", () => client.GetAuthorizeUrl("https://acme.bitrix24.com/company/", "state"));
    }

    [Fact]
    public void Create_invalid_options_throws()
    {
        Assert.Throws<ArgumentNullException>("options", () => Bitrix24OAuthClient.Create(null!));
        Assert.Throws<ArgumentException>("options", () => Bitrix24OAuthClient.Create(Options(" ")));
        Assert.Throws<OptionsValidationException>(
            () => Bitrix24OAuthClient.Create(Options("app.1"), new Bitrix24ClientOptions { AttemptTimeout = TimeSpan.Zero }));
    }

    [Fact]
    public void ExchangeCodeAsync_invalid_code_throws_before_it_returns_a_task()
    {
        var client = Bitrix24OAuthClient.Create(Options("app.1"));

        Assert.Throws<ArgumentNullException>("code", () => { _ = client.ExchangeCodeAsync(null!); });
        Assert.Throws<ArgumentException>("code", () => { _ = client.ExchangeCodeAsync(" "); });
    }

    [Fact]
    public async Task ExchangeCodeAsync_of_created_client_uses_its_clock_and_name()
    {
        using var portal = SimulatedPortal.Start();
        var store = new InMemoryBitrix24TokenStore();
        var settings = new Bitrix24ClientOptions { ApplicationName = "Acme.Erp", TimeProvider = new FakeTimeProvider(Now) };

        await Bitrix24OAuthClient.Create(TestCredentials.Options(portal, store), settings).ExchangeCodeAsync(portal.AuthorizationCode);

        Assert.Equal(Now.AddHours(1), store.Token!.ExpiresAt);
        Assert.StartsWith("Acme.Erp ", portal.Requests.Single().Headers["User-Agent"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExchangeCodeAsync_of_resolved_client_uses_the_applications_http_client()
    {
        using var portal = SimulatedPortal.Start();
        var store = new InMemoryBitrix24TokenStore();
        var handler = new CountingHandler();
        var services = new ServiceCollection().AddSingleton<TimeProvider>(new FakeTimeProvider(Now));
        services
            .AddBitrix24Client(options =>
            {
                options.Credentials = TestCredentials.OAuth(portal, store);
                options.ApplicationName = "Acme.Erp";
            })
            .AddHttpMessageHandler(() => handler);
        using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<Bitrix24OAuthClient>();

        await client.ExchangeCodeAsync(portal.AuthorizationCode);

        Assert.Equal(Now.AddHours(1), store.Token!.ExpiresAt);
        Assert.Equal(1, handler.Requests);
        Assert.StartsWith("Acme.Erp ", portal.Requests.Single().Headers["User-Agent"], StringComparison.Ordinal);
        Assert.Equal($"Bitrix24OAuthClient (OAuth application {portal.ClientId})", client.ToString());
    }

    [Fact]
    public async Task ExchangeCodeAsync_of_factory_client_needs_no_portal_url()
    {
        using var portal = SimulatedPortal.Start();
        var (store, handler) = (new InMemoryBitrix24TokenStore(), new CountingHandler());
        var services = new ServiceCollection();
        services.AddBitrix24ClientFactory().AddHttpMessageHandler(() => handler);
        using var provider = services.BuildServiceProvider();
        var options = TestCredentials.Options(portal, store);
        options.PortalUrl = null;

        var authorization = await provider.GetRequiredService<IBitrix24ClientFactory>()
            .CreateOAuthClient(options)
            .ExchangeCodeAsync(portal.AuthorizationCode);

        Assert.Equal((portal.Url, 1), (authorization.PortalUrl, handler.Requests));
        Assert.Equal(portal.AccessToken, store.Token!.AccessToken);
    }

    [Fact]
    public async Task ExchangeCodeAsync_canceled_after_the_code_was_sent_saves_the_tokens()
    {
        using var portal = SimulatedPortal.Start();
        using var server = new SlowTokenServer(portal.TokenEndpoint);
        var store = new InMemoryBitrix24TokenStore();
        using var client = new TestClient(server, options => options.Credentials = TestCredentials.OAuth(portal, store));
        using var cancellation = new CancellationTokenSource();

        var exchange = client.OAuth.ExchangeCodeAsync(portal.AuthorizationCode, cancellation.Token);
        await server.Issued;
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => exchange);
        server.Answer();

        await using var held = await store.LockAsync(CancellationToken.None);
        Assert.Equal(portal.AccessToken, store.Token!.AccessToken);
    }

    [Fact]
    public async Task ExchangeCodeAsync_canceled_before_sends_nothing()
    {
        using var portal = SimulatedPortal.Start();
        var client = Bitrix24OAuthClient.Create(TestCredentials.Options(portal, new InMemoryBitrix24TokenStore()));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => client.ExchangeCodeAsync(portal.AuthorizationCode, new CancellationToken(canceled: true)));

        Assert.Empty(portal.Requests);
    }

    [Fact]
    public void Resolving_without_OAuth_credentials_says_what_to_use()
    {
        var services = new ServiceCollection();
        services.AddBitrix24Client(options => options.Credentials = Bitrix24Credentials.Webhook(TestClient.WebhookUrl));
        using var provider = services.BuildServiceProvider();

        var exception = Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<Bitrix24OAuthClient>());

        Assert.Contains("CreateOAuthClient", exception.Message, StringComparison.Ordinal);
    }

    private static Bitrix24OAuthOptions Options(string clientId) =>
        new() { ClientId = clientId, ClientSecret = "s3cr3t", TokenStore = new InMemoryBitrix24TokenStore() };

    private sealed class CountingHandler : DelegatingHandler
    {
        public int Requests { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
