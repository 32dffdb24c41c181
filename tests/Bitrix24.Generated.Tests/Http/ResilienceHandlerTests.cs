using System.Net;
using Bitrix24.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Logging;

namespace Bitrix24.Tests;

/// <summary>Tests a resilience handler that an application adds to all of its clients, as the service defaults of Aspire do.</summary>
public sealed class ResilienceHandlerTests
{
    [Fact]
    public async Task Error_of_the_portal_is_not_hidden_by_the_handler()
    {
        var handler = StubHandler.Answering(HttpStatusCode.ServiceUnavailable, """{"error":"QUERY_LIMIT_EXCEEDED"}""");

        var exception = await FailAsync<Bitrix24RateLimitException>(handler);

        Assert.Equal(
            (CallExecution.NotExecuted, Bitrix24ErrorCode.QueryLimitExceeded, HttpStatusCode.ServiceUnavailable),
            (exception.Execution, exception.ErrorCode, exception.StatusCode)
        );
        Assert.Equal(1, handler.Requests);
        Assert.EndsWith(
            "Remove that handler from this client, for example with RemoveAllResilienceHandlers. The client retries by itself when it is safe.",
            exception.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Status_of_a_proxy_is_kept()
    {
        var exception = await FailAsync<Bitrix24TransportException>(
            StubHandler.Answering(HttpStatusCode.BadGateway, "<html>", "text/html")
        );

        Assert.Equal((CallExecution.Unknown, HttpStatusCode.BadGateway), (exception.Execution, exception.StatusCode));
    }

    [Fact]
    public async Task Rejected_call_is_retried_by_the_client_and_the_remedy_is_logged()
    {
        using var log = new CollectingLogger();
        var answers = new Queue<(HttpStatusCode Status, string Body)>([
            (HttpStatusCode.ServiceUnavailable, """{"error":"QUERY_LIMIT_EXCEEDED"}"""),
            (HttpStatusCode.OK, """{"result":11}"""),
        ]);
        using var provider = Provider(
            new StubHandler(
                (_, _) =>
                    Task.FromResult(new HttpResponseMessage(answers.Peek().Status) { Content = new StringContent(answers.Dequeue().Body) })
            ),
            options => (options.Retry.MaxAttempts, options.TimeProvider) = (2, new SkippingTimeProvider()),
            services => services.AddSingleton<ILoggerFactory>(log)
        );

        Assert.Equal(11, (await provider.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request)).Result);

        Assert.Contains(
            log.Messages,
            message =>
                message.StartsWith(
                    "12 Warning: A handler of the application tried to send a request a second time.",
                    StringComparison.Ordinal
                )
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Error_that_another_handler_has_read_is_not_lost(bool repeats)
    {
        using var portal = SimulatedPortal.Start();
        portal.FailNext(SimulatedFault.Error(HttpStatusCode.ServiceUnavailable, "QUERY_LIMIT_EXCEEDED"));
        var services = repeats ? Services(options => options.Retry.Delay = TimeSpan.FromMilliseconds(1)) : new ServiceCollection();
        services
            .AddBitrix24Client(options =>
            {
                Configure(options);
                options.Credentials = Bitrix24Credentials.Webhook(portal.WebhookUrl);
            })
            .AddHttpMessageHandler(() =>
                new ReadingHandler(
                    async (response, cancellationToken) =>
                    {
                        if (repeats)
                        {
                            Assert.NotEmpty(await response.Content.ReadAsStringAsync(cancellationToken));
                            return;
                        }

                        using var reader = new StreamReader(response.Content.ReadAsStream(cancellationToken));
                        response.Content = new StringContent(reader.ReadToEnd());
                    }
                )
            );
        await using var provider = services.BuildServiceProvider();

        var exception = await Assert.ThrowsAsync<Bitrix24RateLimitException>(() =>
            provider.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request)
        );

        Assert.Equal((CallExecution.NotExecuted, Bitrix24ErrorCode.QueryLimitExceeded), (exception.Execution, exception.ErrorCode));
    }

    [Fact]
    public async Task Handler_that_reads_an_endless_error_stops_with_the_attempt()
    {
        var clock = new SkippingTimeProvider();
        using var stalled = new StalledStream();
        var services = new ServiceCollection();
        services
            .AddBitrix24Client(options =>
            {
                Configure(options);
                options.TimeProvider = clock;
            })
            .ConfigurePrimaryHttpMessageHandler(() =>
                new StubHandler(
                    (_, _) => Task.FromResult(new HttpResponseMessage(HttpStatusCode.BadGateway) { Content = new StreamContent(stalled) })
                )
            )
            .AddHttpMessageHandler(() =>
                new ReadingHandler((response, cancellationToken) => response.Content.ReadAsStringAsync(cancellationToken))
            );
        await using var provider = services.BuildServiceProvider();

        var call = provider.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request);
        await stalled.IsRead;
        clock.ExpireAttempts();

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() => call.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(CallExecution.Unknown, exception.Execution);
    }

    [Fact]
    public async Task Removed_handler_leaves_the_default_behavior()
    {
        var handler = StubHandler.Answering(HttpStatusCode.ServiceUnavailable, """{"error":"QUERY_LIMIT_EXCEEDED"}""");
        var services = Services(options => { });
#pragma warning disable EXTEXP0001 // The cure is marked experimental by its package.
        services.AddBitrix24Client(Configure).RemoveAllResilienceHandlers().ConfigurePrimaryHttpMessageHandler(() => handler);
#pragma warning restore EXTEXP0001
        using var provider = services.BuildServiceProvider();

        var exception = await Assert.ThrowsAsync<Bitrix24RateLimitException>(() =>
            provider.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request)
        );

        Assert.DoesNotContain("handler", exception.Message, StringComparison.Ordinal);
    }

    private static async Task<TException> FailAsync<TException>(StubHandler handler)
        where TException : Bitrix24Exception
    {
        using var provider = Provider(handler);
        return await Assert.ThrowsAsync<TException>(() =>
            provider.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request)
        );
    }

    private static ServiceProvider Provider(
        StubHandler handler,
        Action<Bitrix24ClientOptions>? configure = null,
        Action<IServiceCollection>? register = null
    )
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
        (options.Credentials, options.RateLimit, options.Retry.MaxAttempts) = (
            Bitrix24Credentials.Webhook(TestClient.WebhookUrl),
            Bitrix24RateLimit.Unlimited,
            1
        );

    /// <summary>Reads the content of failed responses, as logging handlers do.</summary>
    private sealed class ReadingHandler(Func<HttpResponseMessage, CancellationToken, Task> read) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                await read(response, cancellationToken);
            }

            return response;
        }
    }

    /// <summary>Represents a stream without data until it is canceled.</summary>
    private sealed class StalledStream : MemoryStream
    {
        private readonly TaskCompletionSource isRead = new();

        public Task IsRead => isRead.Task;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await StallAsync(cancellationToken);
            return 0;
        }

        public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken) =>
            StallAsync(cancellationToken);

        private Task StallAsync(CancellationToken cancellationToken)
        {
            isRead.TrySetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }
    }
}
