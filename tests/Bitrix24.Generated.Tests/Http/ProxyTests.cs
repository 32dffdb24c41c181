using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Bitrix24.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bitrix24.Tests;

/// <summary>Tests a proxy with a password in its address that rejects all connections.</summary>
[Collection(nameof(AloneCollection))]
public sealed class ProxyTests : IDisposable
{
    private const string Password = "S3cret";

    private readonly RefusingProxy proxy = new();
    private readonly IWebProxy before = HttpClient.DefaultProxy;

    public ProxyTests() => HttpClient.DefaultProxy = new WebProxy(new Uri($"http://svc:{Password}%21@127.0.0.1:{proxy.Port}/"))
    {
        Credentials = new NetworkCredential("svc", Password + "!"),
    };

    public void Dispose()
    {
        HttpClient.DefaultProxy = before;
        proxy.Dispose();
    }

    [Fact]
    public async Task Proxy_password_is_not_shown_if_the_proxy_rejects_a_call()
    {
        var shown = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => shown.Enqueue(string.Join(
                ' ',
                [activity.DisplayName, activity.StatusDescription, .. activity.TagObjects, .. activity.Events.SelectMany(e => e.Tags)])),
        };
        ActivitySource.AddActivityListener(listener);
        using var log = new CollectingLogger();
        using var services = Services(log);

        var exception = await ThrownAsync<Bitrix24TransportException>(services);

        Assert.Equal(CallExecution.NotExecuted, exception.Execution);
        Assert.Contains("407", exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.InnerException);
        Assert.Contains(proxy.Requests, request => request.Contains("Proxy-Authorization: Basic ", StringComparison.Ordinal));
        Assert.Contains(shown, text => text.Contains("407", StringComparison.Ordinal));
        Assert.NotEmpty(log.Messages);
        Assert.All([.. shown, .. log.Messages, exception.ToString()], AssertHasNoPassword);
    }

    [Fact]
    public async Task Proxy_password_is_not_shown_if_a_custom_handler_quotes_it()
    {
        using var services = Services(log: null, new SocketsHttpHandler { ActivityHeadersPropagator = null });

        var exception = await ThrownAsync<Bitrix24TransportException>(services);

        Assert.Contains($"http://***@127.0.0.1:{proxy.Port}/", exception.Message, StringComparison.Ordinal);
        AssertHasNoPassword(exception.ToString());
    }

    [Theory]
    [InlineData("The proxy does not know svc with S3cret!.")]
    [InlineData("The proxy does not know svc with S3cret%21.")]
    [InlineData("The proxy refuses Basic c3ZjOlMzY3JldCE=")]
    public async Task Proxy_password_outside_an_address_is_removed(string message)
    {
        using var services = Services(log: null, StubHandler.Throwing(new HttpRequestException(message)));

        var exception = await ThrownAsync<Bitrix24TransportException>(services);

        Assert.Contains("The proxy", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c3ZjOlMzY3JldCE", exception.ToString(), StringComparison.Ordinal);
        AssertHasNoPassword(exception.ToString());
    }

    [Fact]
    public async Task Refresh_rejected_by_the_proxy_was_not_sent()
    {
        using var portal = SimulatedPortal.Start();
        portal.ExpireAccessToken();
        var credentials = Bitrix24Credentials.OAuth(Application(portal));
        using var services = Services(log: null, configure: options => options.Credentials = credentials);

        var exception = await ThrownAsync<Bitrix24AuthenticationException>(services);

        Assert.Equal(CallExecution.NotExecuted, exception.Execution);
        Assert.Contains("no connection", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("was sent", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not known whether", exception.Message, StringComparison.Ordinal);
        AssertHasNoPassword(exception.ToString());
    }

    [Fact]
    public async Task Authorization_code_rejected_by_the_proxy_was_not_sent()
    {
        using var portal = SimulatedPortal.Start();

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(
            () => Bitrix24OAuthClient.Create(Application(portal)).ExchangeCodeAsync(portal.AuthorizationCode));

        Assert.Equal(CallExecution.NotExecuted, exception.Execution);
        Assert.Contains("no connection", exception.Message, StringComparison.Ordinal);
        AssertHasNoPassword(exception.ToString());
    }

    private static Bitrix24OAuthOptions Application(SimulatedPortal portal)
    {
        var options = TestCredentials.Options(portal, new InMemoryBitrix24TokenStore(TestCredentials.TokenOf(portal)));
        options.TokenEndpoint = new Uri("https://oauth.example/oauth/token/");
        return options;
    }

    private static Task<T> ThrownAsync<T>(ServiceProvider services)
        where T : Exception =>
        Assert.ThrowsAsync<T>(() => services.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request));

    private static ServiceProvider Services(
        ILoggerProvider? log,
        HttpMessageHandler? connections = null,
        Action<Bitrix24ClientOptions>? configure = null)
    {
        var services = new ServiceCollection();
        if (log is not null)
        {
            services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log));
        }

        var http = services.AddBitrix24Client(options =>
        {
            options.Credentials = Bitrix24Credentials.AccessToken("https://acme.example/", "Pl4nt3dS3cr3t");
            options.Retry.MaxAttempts = 1;
            configure?.Invoke(options);
        });
        if (connections is not null)
        {
            http.ConfigurePrimaryHttpMessageHandler(() => connections);
        }

        return services.BuildServiceProvider();
    }

    private static void AssertHasNoPassword(string text) => Assert.DoesNotContain(Password, text, StringComparison.OrdinalIgnoreCase);
}
