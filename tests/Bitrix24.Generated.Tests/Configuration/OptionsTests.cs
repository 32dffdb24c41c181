using System.Globalization;
using System.Net;
using System.Text;
using Bitrix24.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using VerifyXunit;

namespace Bitrix24.Tests;

public sealed class OptionsTests
{
    [Fact]
    public void Missing_options_are_named()
    {
        var options = new Bitrix24ClientOptions
        {
            Credentials = Bitrix24Credentials.Webhook(TestClient.WebhookUrl),
            RateLimit = null!,
            Retry = null!,
        };
        var impatient = new Bitrix24ClientOptions
        {
            Credentials = options.Credentials,
            RateLimit = new Bitrix24RateLimit(1, 1) { MaxWait = TimeSpan.FromSeconds(-1) },
        };

        var exception = Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(() => Bitrix24Client.Create(options));

        Assert.Contains("RateLimit is null.", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Retry is null.", exception.Message, StringComparison.Ordinal);
        Assert.Contains(
            "RateLimit.MaxWait is -00:00:01;",
            Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(() => Bitrix24Client.Create(impatient)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Invalid_configuration_names_the_key()
    {
        const string Webhook = "https://acme.bitrix24.com/rest/1/abc123/";
        var table = new StringBuilder();
        foreach (
            var settings in new Dictionary<string, string?>[]
            {
                new() { },
                new() { ["WebhookUrl"] = "https://acme.bitrix24.com/abc123" },
                new() { ["WebhookUrl"] = " " },
                new() { ["WebhookUrl"] = "http://acme.bitrix24.com/rest/1/abc123/" },
                new() { ["WebhookUrl"] = Webhook, ["AccessToken"] = "abc123" },
                new() { ["PortalUrl"] = "https://acme.bitrix24.com/" },
                new() { ["AccessToken"] = "abc123" },
                new() { ["PortalUrl"] = "acme", ["AccessToken"] = "abc123" },
                new() { ["WebhookUrl"] = Webhook, ["AttemptTimeout"] = "soon" },
                new() { ["WebhookUrl"] = Webhook, ["AttemptTimeout"] = "00:00:00" },
                new() { ["WebhookUrl"] = Webhook, ["AttemptTimeout"] = "2.00:00:00" },
                new() { ["WebhookUrl"] = Webhook, ["ApplicationName"] = "Acme ERP" },
                new() { ["WebhookUrl"] = "abc123", ["AttemptTimeout"] = "soon" },
                new() { ["OAuth:ClientId"] = "app" },
                new() { ["PortalUrl"] = "https://acme.bitrix24.com/", ["OAuth:ClientId"] = "app" },
                new()
                {
                    ["PortalUrl"] = "https://acme.bitrix24.com/",
                    ["OAuth:ClientSecret"] = "abc123",
                    ["OAuth:TokenFile"] = "tokens.json",
                },
                new()
                {
                    ["PortalUrl"] = "https://acme.bitrix24.com/",
                    ["OAuth:ClientId"] = "app",
                    ["OAuth:TokenFile"] = "tokens.json",
                },
                new()
                {
                    ["PortalUrl"] = "https://acme.bitrix24.com/",
                    ["OAuth:ClientId"] = "app",
                    ["OAuth:ClientSecret"] = "abc123",
                    ["OAuth:TokenFile"] = "tokens.json",
                    ["OAuth:TokenEndpoint"] = "nowhere",
                },
                new()
                {
                    ["PortalUrl"] = "http://acme.bitrix24.com/",
                    ["OAuth:ClientId"] = "app",
                    ["OAuth:ClientSecret"] = "abc123",
                    ["OAuth:TokenFile"] = "tokens.json",
                },
                new()
                {
                    ["PortalUrl"] = "https://acme.bitrix24.com/",
                    ["AccessToken"] = "abc123",
                    ["OAuth:ClientId"] = "app",
                },
                new() { ["WebhookUrl"] = Webhook, ["RateLimit"] = "Huge" },
                new() { ["WebhookUrl"] = Webhook, ["RateLimit:Burst"] = "10" },
                new()
                {
                    ["WebhookUrl"] = Webhook,
                    ["RateLimit:Burst"] = "0",
                    ["RateLimit:PerSecond"] = "1",
                },
                new() { ["WebhookUrl"] = Webhook, ["Retry:MaxAttempts"] = "0" },
                new() { ["WebhookUrl"] = Webhook, ["Retry:MaxAttempts"] = "many" },
                new() { ["WebhookUrl"] = Webhook, ["Retry:BaseDelay"] = "00:00:00" },
                new() { ["WebhookUrl"] = Webhook, ["Retry:BaseDelay"] = "00:02:00" },
                new() { ["WebhookUrl"] = Webhook, ["MaxResponseSize"] = "5" },
                new() { ["WebhookUrl"] = Webhook, ["MaxTotalResponseSize"] = "1023" },
                new() { ["WebhookUrl"] = Webhook, ["ExecutionTimeBudget"] = "-00:01:00" },
                new() { ["WebhookUrl"] = Webhook, ["Retry:MaxAttempt"] = "abc123" },
                new() { ["WebhookUrl"] = Webhook, ["Retry:MaxAttempts:Value"] = "abc123" },
                new() { ["WebhookUrl"] = Webhook, ["Retry"] = "abc123" },
                new()
                {
                    ["WebhookUrl"] = Webhook,
                    ["AplicationName"] = "abc123",
                    ["timeout"] = "abc123",
                },
                new() { ["WebhokUrl"] = Webhook },
                new() { ["PortalUrl"] = "https://acme.bitrix24.com/", ["OAuth:Secret"] = "abc123" },
                new()
                {
                    ["WebhookUrl"] = Webhook,
                    ["Contacts:0"] = "abc123",
                    ["Contacts:1"] = "abc123",
                },
                new()
                {
                    ["WebhookUrl"] = Webhook,
                    ["RateLimit"] = "Standard",
                    ["RateLimit:Burst"] = "10",
                },
                new()
                {
                    ["WebhookUrl"] = Webhook,
                    ["RateLimit"] = "Standard",
                    ["RateLimit:Burst"] = "10",
                    ["RateLimit:PerSecond"] = "1",
                },
                new()
                {
                    ["WebhookUrl"] = Webhook,
                    ["RateLimit"] = "Standard",
                    ["RateLimit:PerSec"] = "1",
                },
            }
        )
        {
            var host = HostWith(services => services.AddBitrix24Client(Section(settings)));
            var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
            Assert.DoesNotContain("abc123", exception.ToString(), StringComparison.Ordinal);
            table.Append(string.Join(", ", settings.Keys.DefaultIfEmpty("nothing"))).Append("\n  ").Append(exception.Message).Append('\n');
        }

        await Verifier.Verify(table.ToString(), "txt");
    }

    [Fact]
    public async Task Invalid_options_stop_the_host_at_start()
    {
        var host = HostWith(services => services.AddBitrix24Client(_ => { }));

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains("Credentials is not set", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Invalid_options_throw_without_dependency_injection()
    {
        var credentials = Bitrix24Credentials.Webhook(TestClient.WebhookUrl);

        Assert.Throws<OptionsValidationException>(() => Bitrix24Client.Create(new Bitrix24ClientOptions()));
        Assert.Throws<OptionsValidationException>(() =>
            Bitrix24Client.Create(new Bitrix24ClientOptions { Credentials = credentials, AttemptTimeout = TimeSpan.Zero })
        );
        Assert.Throws<OptionsValidationException>(() =>
            Bitrix24Client.Create(new Bitrix24ClientOptions { Credentials = credentials, ApplicationName = "a/b/c" })
        );
        Assert.Throws<OptionsValidationException>(() =>
            Bitrix24Client.Create(new Bitrix24ClientOptions { Credentials = credentials, TimeProvider = null! })
        );
        Assert.NotNull(
            Bitrix24Client.Create(
                new Bitrix24ClientOptions
                {
                    Credentials = credentials,
                    AttemptTimeout = Timeout.InfiniteTimeSpan,
                    ApplicationName = "Acme.Erp/2.1",
                }
            )
        );
    }

    [Fact]
    public async Task Client_from_configuration_creates_a_call_list()
    {
        using var portal = SimulatedPortal.Start();
        portal.Contacts.Add(9, 17, 19);
        portal.Webforms.Add(1);
        using var folder = new TemporaryFolder();
        var tokenFile = Path.Combine(folder.Path, "tokens.json");
        await new FileBitrix24TokenStore(tokenFile).SaveAsync(TestCredentials.TokenOf(portal), CancellationToken.None);
        foreach (
            var settings in new Dictionary<string, string?>[]
            {
                new()
                {
                    ["WebhookUrl"] = portal.WebhookUrl,
                    ["AttemptTimeout"] = "00:00:30",
                    ["ApplicationName"] = "Acme.Erp/2.1",
                },
                new() { ["PortalUrl"] = portal.Url.ToString(), ["AccessToken"] = portal.AccessToken },
                new()
                {
                    ["PortalUrl"] = portal.Url.ToString(),
                    ["OAuth:ClientId"] = portal.ClientId,
                    ["OAuth:ClientSecret"] = portal.ClientSecret,
                    ["OAuth:TokenFile"] = tokenFile,
                    ["OAuth:TokenEndpoint"] = portal.TokenEndpoint.ToString(),
                    ["RateLimit:Burst"] = "10",
                    ["RateLimit:PerSecond"] = "0.5",
                    ["Retry:MaxAttempts"] = "2",
                    ["Retry:BaseDelay"] = "00:00:00.5",
                    ["Retry:MaxDelay"] = "00:00:30",
                    ["MaxResponseSize"] = "4096",
                    ["MaxTotalResponseSize"] = "4294967296",
                    ["ExecutionTimeBudget"] = "00:07:00",
                },
                new() { ["WebhookUrl"] = portal.WebhookUrl, ["RateLimit"] = "enterprise" },
            }
        )
        {
            using var services = new ServiceCollection().AddBitrix24Client(Section(settings)).Services.BuildServiceProvider();
            await services.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request);
        }

        Assert.Equal(4, portal.CallLists.Count);
        Assert.StartsWith("Acme.Erp/2.1 Bitrix24.Generated/", portal.Requests[0].Headers["User-Agent"], StringComparison.Ordinal);
        Assert.StartsWith("Bitrix24.Generated/", portal.Requests[1].Headers["User-Agent"], StringComparison.Ordinal);
    }

    [Fact]
    public void Configuration_is_bound_to_the_options()
    {
        var settings = new Dictionary<string, string?>
        {
            ["WebhookUrl"] = TestClient.WebhookUrl,
            ["ApplicationName"] = "Acme.Erp/2.1",
            ["AttemptTimeout"] = "00:00:30",
            ["ExecutionTimeBudget"] = "00:07:00",
            ["MaxResponseSize"] = "4096",
            ["MaxTotalResponseSize"] = "4294967296",
            ["Retry:MaxAttempts"] = "6",
            ["Retry:BaseDelay"] = "00:00:00.5",
            ["Retry:MaxDelay"] = "00:02:00",
            ["RateLimit:Burst"] = "10",
            ["RateLimit:PerSecond"] = "0.5",
        };

        var options = Configured(settings);

        Assert.Equal(4L * 1024 * 1024 * 1024, options.MaxTotalResponseSize);
        Assert.Equal(
            ("Acme.Erp/2.1", TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(7), 4096L),
            (options.ApplicationName, options.AttemptTimeout, options.ExecutionTimeBudget, options.MaxResponseSize)
        );
        Assert.Equal(
            (6, TimeSpan.FromSeconds(0.5), TimeSpan.FromMinutes(2)),
            (options.Retry.MaxAttempts, options.Retry.BaseDelay, options.Retry.MaxDelay)
        );
        Assert.Equal((10, 0.5), (options.RateLimit.Burst, options.RateLimit.PerSecond));
        Assert.Equal("Webhook of user 1 at https://portal.example/", options.Credentials!.ToString());
    }

    [Fact]
    public void Unknown_keys_are_ignored_at_the_root_and_rejected_in_a_section()
    {
        var settings = new Dictionary<string, string?>
        {
            ["webhookurl"] = TestClient.WebhookUrl,
            ["Logging:LogLevel:Default"] = "Trace",
            ["PATH"] = "/bin",
            ["Retry"] = "",
            ["retry:maxattempts"] = "6",
        };

        Assert.Equal(6, AtRoot(settings).Retry.MaxAttempts);
        settings["Retry:MaxAttempt"] = "6";
        var exception = Assert.Throws<OptionsValidationException>(() => AtRoot(settings));
        Assert.Equal("Retry:MaxAttempt is unknown. Did you mean Retry:MaxAttempts?", exception.Message);

        static Bitrix24ClientOptions AtRoot(Dictionary<string, string?> settings)
        {
            var root = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
            using var services = new ServiceCollection().AddBitrix24Client(root).Services.BuildServiceProvider();
            return services.GetRequiredService<IOptions<Bitrix24ClientOptions>>().Value;
        }
    }

    [Theory]
    [InlineData("Standard", 50, 2)]
    [InlineData("enterprise", 250, 5)]
    [InlineData("UNLIMITED", 0, 0)]
    public void Named_rate_limits_in_configuration(string name, int burst, double perSecond)
    {
        var limit = Configured(new() { ["WebhookUrl"] = TestClient.WebhookUrl, ["RateLimit"] = name }).RateLimit;

        Assert.Equal((burst, perSecond), (limit.Burst, limit.PerSecond));
    }

    [Fact]
    public void Defaults_match_the_documentation()
    {
        var options = new Bitrix24ClientOptions();

        Assert.Equal(
            (TimeSpan.FromSeconds(70), 64 * 1024 * 1024L, null),
            (options.AttemptTimeout, options.MaxResponseSize, options.ExecutionTimeBudget)
        );
        Assert.Equal(
            (4, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60)),
            (options.Retry.MaxAttempts, options.Retry.BaseDelay, options.Retry.MaxDelay)
        );
        Assert.Equal(TimeSpan.FromMinutes(10), options.RateLimit.MaxWait);
        Assert.Equal(new Uri("https://oauth.bitrix.info/oauth/token/"), new Bitrix24OAuthOptions().TokenEndpoint);
    }

    [Fact]
    public void Client_is_a_singleton()
    {
        using var services = new ServiceCollection()
            .AddBitrix24Client(options => options.Credentials = Bitrix24Credentials.Webhook(TestClient.WebhookUrl))
            .Services.BuildServiceProvider();

        Assert.Same(services.GetRequiredService<IBitrix24Client>(), services.GetRequiredService<IBitrix24Client>());
    }

    [Fact]
    public async Task Registered_clock_is_used()
    {
        var time = new FakeTimeProvider();
        var sent = new TaskCompletionSource();
        using var handler = new StubHandler(
            async (_, cancellationToken) =>
            {
                sent.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
                throw new InvalidOperationException();
            }
        );
        using var client = new TestClient(handler, register: services => services.AddSingleton<TimeProvider>(time));

        var call = client.Bitrix24.AddCallListAsync(TestClient.Request);
        await sent.Task;
        time.Advance(TimeSpan.FromSeconds(70));

        await Assert.ThrowsAsync<Bitrix24TransportException>(() => call);
    }

    [Fact]
    public async Task Custom_handlers_see_the_calls()
    {
        var seen = new List<string>();
        var services = new ServiceCollection();
        services
            .AddBitrix24Client(options => options.Credentials = Bitrix24Credentials.Webhook(TestClient.WebhookUrl))
            .AddHttpMessageHandler(() => new ObservingHandler(seen))
            .ConfigurePrimaryHttpMessageHandler(() => StubHandler.Answering(HttpStatusCode.OK, """{"result":11}"""));
        using var provider = services.BuildServiceProvider();

        await provider.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request);

        Assert.Equal(["POST"], seen);
    }

    private static Bitrix24ClientOptions Configured(Dictionary<string, string?> settings)
    {
        using var services = new ServiceCollection().AddBitrix24Client(Section(settings)).Services.BuildServiceProvider();
        return services.GetRequiredService<IOptions<Bitrix24ClientOptions>>().Value;
    }

    private static IConfigurationSection Section(Dictionary<string, string?> settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>("Bitrix24:" + setting.Key, setting.Value)))
            .Build()
            .GetSection("Bitrix24");

    private static IHost HostWith(Action<IServiceCollection> register)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        register(builder.Services);
        return builder.Build();
    }

    private sealed class ObservingHandler(List<string> seen) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            seen.Add(request.Method.ToString());
            return base.SendAsync(request, cancellationToken);
        }
    }
}
