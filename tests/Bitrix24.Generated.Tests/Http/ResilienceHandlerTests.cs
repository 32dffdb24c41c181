using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Logging;

namespace Bitrix24.Tests;

/// <summary>Applications add a resilience handler for all of their clients, as the service defaults of Aspire do.</summary>
public sealed class ResilienceHandlerTests
{
    [Fact]
    public async Task Refusal_of_the_portal_is_not_hidden_by_the_handler()
    {
        var handler = StubHandler.Answering(HttpStatusCode.ServiceUnavailable, """{"error":"QUERY_LIMIT_EXCEEDED"}""");

        var exception = await FailAsync<Bitrix24RateLimitException>(handler);

        Assert.Equal((CallExecution.NotExecuted, Bitrix24ErrorCode.QueryLimitExceeded, HttpStatusCode.ServiceUnavailable), (exception.Execution, exception.ErrorCode, exception.StatusCode));
        Assert.Equal(1, handler.Requests);
        Assert.EndsWith("Remove that handler from this client, for example with RemoveAllResilienceHandlers; the client retries by itself when it is safe.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_of_a_proxy_is_kept()
    {
        var exception = await FailAsync<Bitrix24TransportException>(StubHandler.Answering(HttpStatusCode.BadGateway, "<html>", "text/html"));

        Assert.Equal((CallExecution.Unknown, HttpStatusCode.BadGateway), (exception.Execution, exception.StatusCode));
    }

    [Fact]
    public async Task Refused_call_is_sent_again_by_the_client_and_the_cure_is_logged()
    {
        using var log = new CollectingLogger();
        var answers = new Queue<(HttpStatusCode Status, string Body)>([(HttpStatusCode.ServiceUnavailable, """{"error":"QUERY_LIMIT_EXCEEDED"}"""), (HttpStatusCode.OK, """{"result":11}""")]);
        using var provider = Provider(
            new StubHandler((_, _) => Task.FromResult(new HttpResponseMessage(answers.Peek().Status) { Content = new StringContent(answers.Dequeue().Body) })),
            options => (options.Retry.MaxAttempts, options.TimeProvider) = (2, new SkippingTimeProvider()),
            services => services.AddSingleton<ILoggerFactory>(log));

        Assert.Equal(11, (await provider.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request)).Result);

        Assert.Contains(log.Messages, message => message.StartsWith("12 Warning: A handler of the application tried to send a request again.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_the_handler_the_client_is_as_without_defaults()
    {
        var handler = StubHandler.Answering(HttpStatusCode.ServiceUnavailable, """{"error":"QUERY_LIMIT_EXCEEDED"}""");
        var services = Services(options => { });
#pragma warning disable EXTEXP0001 // The cure is marked experimental by its package.
        services.AddBitrix24Client(Configure).RemoveAllResilienceHandlers().ConfigurePrimaryHttpMessageHandler(() => handler);
#pragma warning restore EXTEXP0001
        using var provider = services.BuildServiceProvider();

        var exception = await Assert.ThrowsAsync<Bitrix24RateLimitException>(() => provider.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request));

        Assert.DoesNotContain("handler", exception.Message, StringComparison.Ordinal);
    }

    private static async Task<TException> FailAsync<TException>(StubHandler handler)
        where TException : Bitrix24Exception
    {
        using var provider = Provider(handler);
        return await Assert.ThrowsAsync<TException>(() => provider.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request));
    }

    private static ServiceProvider Provider(StubHandler handler, Action<Bitrix24ClientOptions>? configure = null, Action<IServiceCollection>? register = null)
    {
        var services = Services(options => options.Retry.Delay = TimeSpan.FromMilliseconds(1));
        register?.Invoke(services);
        services
            .AddBitrix24Client(options =>
            {
                Configure(options);
                configure?.Invoke(options);
            })
            .ConfigurePrimaryHttpMessageHandler(() => handler);
        return services.BuildServiceProvider();
    }

    private static ServiceCollection Services(Action<HttpStandardResilienceOptions> configure)
    {
        var services = new ServiceCollection();
        services.ConfigureHttpClientDefaults(defaults => defaults.AddStandardResilienceHandler(configure));
        return services;
    }

    private static void Configure(Bitrix24ClientOptions options) =>
        (options.Credentials, options.RateLimit, options.Retry.MaxAttempts) = (Bitrix24Credentials.Webhook(TestClient.WebhookUrl), Bitrix24RateLimit.Unlimited, 1);
}
