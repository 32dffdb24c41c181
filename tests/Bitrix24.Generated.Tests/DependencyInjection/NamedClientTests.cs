using Bitrix24.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Bitrix24.Tests;

public sealed class NamedClientTests
{
    [Fact]
    public async Task AddBitrix24Client_named_clients_have_their_own_portals_options_and_handlers()
    {
        using var acme = NewPortal();
        using var globex = NewPortal();
        var services = new ServiceCollection();
        var handled = 0;
        services.AddBitrix24Client("acme", options =>
        {
            options.Credentials = Bitrix24Credentials.Webhook(acme.WebhookUrl);
            options.ApplicationName = "Acme.Erp";
        }).AddHttpMessageHandler(() => new CountingHandler(() => handled++));
        services.AddBitrix24Client("globex", Settings(globex.WebhookUrl));
        services.AddBitrix24Client(options => options.Credentials = Bitrix24Credentials.Webhook(globex.WebhookUrl));
        using var provider = services.BuildServiceProvider();

        await provider.GetRequiredKeyedService<IBitrix24Client>("acme").AddCallListAsync(TestClient.Request);
        await provider.GetRequiredKeyedService<IBitrix24Client>("globex").AddCallListAsync(TestClient.Request);
        await provider.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request);

        Assert.Equal((1, 2, 1), (acme.CallLists.Count, globex.CallLists.Count, handled));
        Assert.StartsWith("Acme.Erp ", acme.Requests[0].Headers["User-Agent"], StringComparison.Ordinal);
        Assert.NotSame(provider.GetRequiredKeyedService<IBitrix24ClientFactory>("acme"), provider.GetRequiredService<IBitrix24ClientFactory>());
        Assert.Null(provider.GetKeyedService<IBitrix24Client>("initech"));
    }

    [Fact]
    public async Task AddBitrix24Client_named_OAuth_client_has_its_own_token_client()
    {
        using var portal = NewPortal();
        var services = new ServiceCollection();
        services.AddBitrix24Client("acme", options => options.Credentials = TestCredentials.Of("oauth", portal));
        services.AddBitrix24Client("globex", options => options.Credentials = Bitrix24Credentials.Webhook(portal.WebhookUrl));
        using var provider = services.BuildServiceProvider();

        await provider.GetRequiredKeyedService<IBitrix24Client>("acme").AddCallListAsync(TestClient.Request);

        Assert.NotNull(provider.GetRequiredKeyedService<Bitrix24OAuthClient>("acme"));
        Assert.Throws<InvalidOperationException>(() => provider.GetRequiredKeyedService<Bitrix24OAuthClient>("globex"));
    }

    [Fact]
    public void AddBitrix24Client_each_name_is_validated_by_itself()
    {
        var services = new ServiceCollection();
        services.AddBitrix24Client("acme", options => options.Retry.MaxAttempts = 0);
        services.AddBitrix24Client("globex", Settings("not a webhook"));
        services.AddBitrix24Client("initech", options => options.Credentials = Bitrix24Credentials.Webhook(TestClient.WebhookUrl));
        services.AddBitrix24ClientFactory();
        using var provider = services.BuildServiceProvider();

        var acme = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredKeyedService<IBitrix24Client>("acme"));
        Assert.Equal(2, acme.Failures.Count());
        Assert.Equal("acme", acme.OptionsName);
        Assert.Throws<OptionsValidationException>(() => provider.GetRequiredKeyedService<IBitrix24Client>("globex"));
        Assert.NotNull(provider.GetRequiredKeyedService<IBitrix24Client>("initech"));
        Assert.NotNull(provider.GetRequiredService<IBitrix24ClientFactory>());
    }

    [Fact]
    public void AddBitrix24Client_blank_or_repeated_names_are_rejected()
    {
        var services = new ServiceCollection();
        void Add(string name) => services.AddBitrix24Client(name, options => options.Credentials = Bitrix24Credentials.Webhook(TestClient.WebhookUrl));
        Add("acme");

        var exception = Assert.Throws<InvalidOperationException>(() => Add("acme"));

        Assert.StartsWith("A Bitrix24 client with the name 'acme' is already registered.", exception.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>("name", () => Add(" "));
        Assert.Throws<ArgumentNullException>("name", () => Add(null!));
    }

    private static IConfiguration Settings(string webhookUrl) =>
        new ConfigurationBuilder().AddInMemoryCollection([new("WebhookUrl", webhookUrl)]).Build();

    private static SimulatedPortal NewPortal()
    {
        var portal = SimulatedPortal.Start();
        portal.Contacts.Add(9, 17, 19);
        portal.Webforms.Add(1);
        return portal;
    }

    private sealed class CountingHandler(Action count) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            count();
            return base.SendAsync(request, cancellationToken);
        }
    }
}
