using System.Net;
using Bitrix24.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Bitrix24.Tests;

public sealed class RetryTests
{
    private const string Answer = """{"result":11,"time":{"finish":1752471668.5,"operating":470.5,"operating_reset_at":1752471698}}""";

    [Fact]
    public async Task Waits_are_random_and_at_most_MaxDelay()
    {
        var clock = new SkippingTimeProvider();
        var outcome = await TestClient.Outcome(
            StubHandler.Throwing(new HttpRequestException("refused")),
            options =>
            {
                options.TimeProvider = clock;
                options.Retry = new Bitrix24RetryOptions
                {
                    MaxAttempts = 9,
                    BaseDelay = TimeSpan.FromSeconds(1),
                    MaxDelay = TimeSpan.FromSeconds(10),
                };
            }
        );

        // The stub has read the body, so the outcome is unknown.
        Assert.EndsWith("Unknown", outcome, StringComparison.Ordinal);
        Assert.Empty(clock.Waits);

        using var portal = SimulatedPortal.Start();
        portal.FailNext(SimulatedFault.Error(HttpStatusCode.ServiceUnavailable, "QUERY_LIMIT_EXCEEDED"), times: 8);
        portal.Contacts.Add(9, 17, 19);
        portal.Webforms.Add(1);
        await TestClient
            .On(
                portal.WebhookUrl,
                options =>
                {
                    options.TimeProvider = clock;
                    options.Retry = new Bitrix24RetryOptions
                    {
                        MaxAttempts = 9,
                        BaseDelay = TimeSpan.FromSeconds(1),
                        MaxDelay = TimeSpan.FromSeconds(10),
                    };
                }
            )
            .AddCallListAsync(TestClient.Request);

        Assert.Equal(8, clock.Waits.Count);
        Assert.All(clock.Waits, wait => Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromSeconds(10)));
        Assert.True(clock.Waits.Distinct().Count() > 1);
        Assert.Single(portal.CallLists);
    }

    /// <summary>The portal would repeat a complete response. After a partial one, or a proxy's page, a retry can succeed.</summary>
    [Theory]
    [InlineData("{}", 1)]
    [InlineData("[]", 1)]
    [InlineData("null", 1)]
    [InlineData("""{"result":null}""", 1)]
    [InlineData("""{"result":11}""", 1)]
    [InlineData("""{"result":{"ID":"x"}}""", 1)]
    [InlineData("""{"RESULT":{"ID":"1"}}""", 1)]
    [InlineData("""{"result":{"ID":"1"},"result":{"ID":"1"}}""", 1)]
    [InlineData("", 3)]
    [InlineData("[", 3)]
    [InlineData("[[1]", 3)]
    [InlineData("""{"result":{"ID":"1""", 3)]
    [InlineData("""{"RESULT":{"ID":"1"}""", 3)]
    [InlineData("{}{}", 3)]
    [InlineData("<html>", 3)]
    public async Task Unreadable_response_of_a_read_is_retried_only_if_it_may_change(string body, int requests)
    {
        using var handler = StubHandler.Answering(HttpStatusCode.OK, body);
        using var client = new TestClient(
            handler,
            options =>
            {
                options.TimeProvider = new SkippingTimeProvider();
                options.Retry.MaxAttempts = 3;
            }
        );

        var request = new GetCallListRequest { Id = 1 };
        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() => client.Bitrix24.GetCallListAsync(request));

        Assert.Equal(requests, handler.Requests);
        Assert.EndsWith("; it is safe to send the call again.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retry_After_is_respected_or_reported_if_beyond_MaxDelay()
    {
        var clock = new SkippingTimeProvider();
        var answers = new Queue<(HttpStatusCode Status, string Body, string? RetryAfter)>([
            (HttpStatusCode.ServiceUnavailable, """{"error":"QUERY_LIMIT_EXCEEDED"}""", "7"),
            (
                HttpStatusCode.ServiceUnavailable,
                """{"error":"QUERY_LIMIT_EXCEEDED"}""",
                clock.GetUtcNow().AddSeconds(20).ToString("R", System.Globalization.CultureInfo.InvariantCulture)
            ),
            (HttpStatusCode.OK, Answer, null),
            (HttpStatusCode.ServiceUnavailable, """{"error":"QUERY_LIMIT_EXCEEDED"}""", "61"),
        ]);
        using var client = new TestClient(
            Answering(answers),
            options => (options.TimeProvider, options.Retry) = (clock, new Bitrix24RetryOptions())
        );

        await client.Bitrix24.AddCallListAsync(TestClient.Request);
        Assert.Equal([TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(13)], clock.Waits);

        var exception = await Assert.ThrowsAsync<Bitrix24RateLimitException>(() => client.Bitrix24.AddCallListAsync(TestClient.Request));
        Assert.Equal((TimeSpan.FromSeconds(61), 1), (exception.RetryAfter, exception.Attempts));
    }

    [Fact]
    public async Task Used_up_execution_time_waits_for_the_reset()
    {
        var clock = new SkippingTimeProvider();
        var answers = new Queue<(HttpStatusCode Status, string Body, string? RetryAfter)>([
            (HttpStatusCode.OK, Answer, null),
            (HttpStatusCode.TooManyRequests, """{"error":"OPERATION_TIME_LIMIT"}""", null),
            (HttpStatusCode.OK, Answer, null),
            (HttpStatusCode.OK, Answer.Replace("1752471698", "1752472200", StringComparison.Ordinal), null),
            (HttpStatusCode.TooManyRequests, """{"error":"OPERATION_TIME_LIMIT"}""", null),
        ]);
        using var client = new TestClient(
            Answering(answers),
            options => (options.TimeProvider, options.Retry) = (clock, new Bitrix24RetryOptions())
        );

        await client.Bitrix24.AddCallListAsync(TestClient.Request);
        await client.Bitrix24.AddCallListAsync(TestClient.Request);
        Assert.Equal([TimeSpan.FromSeconds(29.5)], clock.Waits);

        await client.Bitrix24.AddCallListAsync(TestClient.Request);
        var exception = await Assert.ThrowsAsync<Bitrix24RateLimitException>(() => client.Bitrix24.AddCallListAsync(TestClient.Request));
        Assert.Equal((TimeSpan.FromSeconds(531.5), 1), (exception.RetryAfter, exception.Attempts));
    }

    [Fact]
    public async Task Execution_time_budget_paces_the_calls_of_its_method()
    {
        var clock = new SkippingTimeProvider();
        var answers = new Queue<(HttpStatusCode Status, string Body, string? RetryAfter)>([
            (HttpStatusCode.OK, Answer, null),
            (HttpStatusCode.OK, """{"result":{"ID":1}}""", null),
            (HttpStatusCode.OK, Answer.Replace("470.5", "10", StringComparison.Ordinal), null),
            (HttpStatusCode.OK, Answer, null),
        ]);
        using var client = new TestClient(
            Answering(answers),
            options => (options.TimeProvider, options.ExecutionTimeBudget) = (clock, TimeSpan.FromSeconds(470))
        );

        await client.Bitrix24.AddCallListAsync(TestClient.Request);
        await client.Bitrix24.GetCallListAsync(new GetCallListRequest { Id = 1 });
        Assert.Empty(clock.Waits);
        await client.Bitrix24.AddCallListAsync(TestClient.Request);
        Assert.Equal([TimeSpan.FromSeconds(29.5)], clock.Waits);
        await client.Bitrix24.AddCallListAsync(TestClient.Request);
        Assert.Single(clock.Waits);
    }

    [Fact]
    public async Task Clients_with_the_same_credentials_share_the_execution_time()
    {
        var clock = new SkippingTimeProvider();
        var answers = new Queue<(HttpStatusCode Status, string Body, string? RetryAfter)>([
            (HttpStatusCode.OK, Answer, null),
            (HttpStatusCode.OK, Answer, null),
        ]);
        var services = new ServiceCollection();
        services
            .AddBitrix24ClientFactory(options => (options.TimeProvider, options.ExecutionTimeBudget) = (clock, TimeSpan.FromSeconds(470)))
            .ConfigurePrimaryHttpMessageHandler(() => Answering(answers));
        using var provider = services.BuildServiceProvider();
        var credentials = Bitrix24Credentials.Webhook("https://budget.example/rest/1/abc/");

        await provider.GetRequiredService<IBitrix24ClientFactory>().Create(credentials).AddCallListAsync(TestClient.Request);
        await provider.GetRequiredService<IBitrix24ClientFactory>().Create(credentials).AddCallListAsync(TestClient.Request);

        Assert.Equal([TimeSpan.FromSeconds(29.5)], clock.Waits);
    }

    [Fact]
    public async Task Retry_After_takes_precedence_over_the_remembered_reset_time()
    {
        var clock = new SkippingTimeProvider();
        var answers = new Queue<(HttpStatusCode Status, string Body, string? RetryAfter)>([
            (HttpStatusCode.OK, Answer, null),
            (HttpStatusCode.TooManyRequests, """{"error":"OPERATION_TIME_LIMIT"}""", "7"),
            (HttpStatusCode.TooManyRequests, """{"error":"SOME_OTHER_LIMIT"}""", null),
        ]);
        using var client = new TestClient(Answering(answers), options => options.TimeProvider = clock);

        await client.Bitrix24.AddCallListAsync(TestClient.Request);
        Assert.Equal(
            TimeSpan.FromSeconds(7),
            (await Assert.ThrowsAsync<Bitrix24RateLimitException>(() => client.Bitrix24.AddCallListAsync(TestClient.Request))).RetryAfter
        );
        Assert.Null(
            (await Assert.ThrowsAsync<Bitrix24RateLimitException>(() => client.Bitrix24.AddCallListAsync(TestClient.Request))).RetryAfter
        );
    }

    [Fact]
    public async Task Retry_After_is_respected_with_any_status()
    {
        var clock = new SkippingTimeProvider();
        var answers = new Queue<(HttpStatusCode Status, string Body, string? RetryAfter)>([
            (HttpStatusCode.ServiceUnavailable, "<html>", "5"),
            (HttpStatusCode.OK, """{"result":{"ID":1}}""", null),
            (HttpStatusCode.ServiceUnavailable, "<html>", "500"),
        ]);
        using var client = new TestClient(
            Answering(answers),
            options => (options.TimeProvider, options.Retry) = (clock, new Bitrix24RetryOptions())
        );

        await client.Bitrix24.GetCallListAsync(new GetCallListRequest { Id = 1 });
        Assert.Equal([TimeSpan.FromSeconds(5)], clock.Waits);
        Assert.Equal(
            1,
            (
                await Assert.ThrowsAsync<Bitrix24TransportException>(() =>
                    client.Bitrix24.GetCallListAsync(new GetCallListRequest { Id = 1 })
                )
            ).Attempts
        );
    }

    [Fact]
    public async Task Wait_between_attempts_ends_with_the_callers_token()
    {
        var clock = new FakeTimeProvider();
        using var cancellation = new CancellationTokenSource();
        var answered = new TaskCompletionSource();
        var handler = new StubHandler(
            (_, _) =>
            {
                answered.TrySetResult();
                return Task.FromResult(
                    new HttpResponseMessage(HttpStatusCode.ServiceUnavailable)
                    {
                        Content = new StringContent("""{"error":"QUERY_LIMIT_EXCEEDED"}"""),
                    }
                );
            }
        );
        using var client = new TestClient(handler, options => (options.TimeProvider, options.Retry) = (clock, new Bitrix24RetryOptions()));

        var call = client.Bitrix24.AddCallListAsync(TestClient.Request, cancellation.Token);
        await answered.Task;
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(1, handler.Requests);
    }

    [Fact]
    public async Task Refused_connections_are_retried_and_the_last_failure_is_thrown()
    {
        var clock = new SkippingTimeProvider();
        using var closed = new ClosedPort();

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() =>
            TestClient
                .On(closed.WebhookUrl, options => (options.TimeProvider, options.Retry) = (clock, new Bitrix24RetryOptions()))
                .AddCallListAsync(TestClient.Request)
        );

        Assert.Equal((4, CallExecution.NotExecuted), (exception.Attempts, exception.Execution));
        Assert.Equal(3, clock.Waits.Count);
    }

    [Fact]
    public async Task Rejection_after_an_unknown_attempt_stays_unknown()
    {
        using var portal = SimulatedPortal.Start();
        portal.Contacts.Add(9, 10, 17, 19);
        portal.Webforms.Add(1);
        var bitrix24 = TestClient.On(
            portal.WebhookUrl,
            options => (options.TimeProvider, options.Retry) = (new SkippingTimeProvider(), new Bitrix24RetryOptions())
        );
        await bitrix24.AddCallListAsync(TestClient.Request);
        portal.FailNext(SimulatedFault.ConnectionReset with { RunsCall = true });
        portal.FailNext(SimulatedFault.Error(HttpStatusCode.Forbidden, "ACCESS_DENIED"));

        var exception = await Assert.ThrowsAsync<Bitrix24AccessDeniedException>(() =>
            bitrix24.UpdateCallListAsync(
                new()
                {
                    ListId = 1,
                    EntityType = CallListEntityType.Contact,
                    Entities = [10],
                    WebformId = 1,
                }
            )
        );

        Assert.Equal([10], portal.CallLists[0].Entities);
        Assert.Equal((CallExecution.Unknown, 2), (exception.Execution, exception.Attempts));
        Assert.EndsWith("It is unknown whether the portal executed an earlier attempt.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_changed_during_the_call_is_sent_as_validated()
    {
        var clock = new FakeTimeProvider();
        using var portal = SimulatedPortal.Start();
        portal.Contacts.Add(9, 10);
        var bitrix24 = TestClient.On(
            portal.WebhookUrl,
            options => (options.TimeProvider, options.RateLimit) = (clock, new Bitrix24RateLimit(1, 1))
        );
        var ids = new List<long> { 9 };
        await bitrix24.AddCallListAsync(new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = ids });

        var waiting = bitrix24.AddCallListAsync(new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = ids });
        ids.AddRange([9, 10]);
        clock.Advance(TimeSpan.FromSeconds(1));
        await waiting;

        Assert.Equal([9], portal.CallLists[1].Entities);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Custom_primary_handler_sends_once_and_follows_no_redirects(bool byFilter)
    {
        using var portal = SimulatedPortal.Start();
        using var other = SimulatedPortal.Start();
        portal.Contacts.Add(9, 17, 19);
        portal.Webforms.Add(1);
        var services = new ServiceCollection();
        var builder = services.AddBitrix24Client(options =>
        {
            options.Credentials = Bitrix24Credentials.Webhook(portal.WebhookUrl);
            options.Retry.MaxAttempts = 1;
        });
        if (byFilter)
        {
            services.AddSingleton<Microsoft.Extensions.Http.IHttpMessageHandlerBuilderFilter, ReplacingFilter>();
        }
        else
        {
            builder.ConfigurePrimaryHttpMessageHandler(() => new RepeatingHandler { InnerHandler = new HttpClientHandler() });
        }

        using var provider = services.BuildServiceProvider();
        portal.FailNext(SimulatedFault.HtmlPage(HttpStatusCode.BadGateway) with { RunsCall = true });
        await Assert.ThrowsAsync<Bitrix24TransportException>(() =>
            provider.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request)
        );
        Assert.Single(portal.CallLists);

        if (!byFilter)
        {
            portal.FailNext(SimulatedFault.Redirect(new Uri(other.Url, "elsewhere")));
            await Assert.ThrowsAsync<Bitrix24TransportException>(() =>
                provider.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request)
            );
            Assert.Empty(other.Requests);
        }
    }

    [Fact]
    public async Task Error_of_the_portal_is_thrown_if_the_rate_limit_wait_is_too_long()
    {
        using var portal = SimulatedPortal.Start();
        portal.FailNext(SimulatedFault.Error(HttpStatusCode.ServiceUnavailable, "QUERY_LIMIT_EXCEEDED"));
        var bitrix24 = TestClient.On(
            portal.WebhookUrl,
            options =>
            {
                (options.TimeProvider, options.Retry) = (new SkippingTimeProvider(), new Bitrix24RetryOptions());
                options.RateLimit = new Bitrix24RateLimit(50, 0.01) { MaxWait = TimeSpan.FromSeconds(5) };
            }
        );

        var exception = await Assert.ThrowsAsync<Bitrix24RateLimitException>(() => bitrix24.AddCallListAsync(TestClient.Request));

        Assert.Equal((Bitrix24ErrorCode.QueryLimitExceeded, 1), (exception.ErrorCode, exception.Attempts));
        Assert.True(exception.RetryAfter > TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Custom_handlers_cannot_send_a_call_twice()
    {
        var handler = StubHandler.Answering(HttpStatusCode.InternalServerError, """{"error":"INTERNAL_SERVER_ERROR"}""");
        foreach (var (defaults, builder, filter) in new[] { (true, false, false), (false, true, false), (false, false, true) })
        {
            var before = handler.Requests;
            var services = new ServiceCollection();
            if (defaults)
            {
                services.ConfigureHttpClientDefaults(http => http.AddHttpMessageHandler(() => new RepeatingHandler()));
            }

            if (filter)
            {
                services.AddSingleton<Microsoft.Extensions.Http.IHttpMessageHandlerBuilderFilter, RepeatingFilter>();
            }

            var client = services
                .AddBitrix24Client(options =>
                    (options.Credentials, options.Retry.MaxAttempts) = (Bitrix24Credentials.Webhook(TestClient.WebhookUrl), 1)
                )
                .ConfigurePrimaryHttpMessageHandler(() => handler);
            if (builder)
            {
                client.AddHttpMessageHandler(() => new RepeatingHandler());
            }

            using var provider = services.BuildServiceProvider();
            var exception = await Assert.ThrowsAsync<Bitrix24ServerException>(() =>
                provider.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request)
            );

            Assert.Equal(1, handler.Requests - before);
            Assert.Equal((CallExecution.Unknown, Bitrix24ErrorCode.InternalServerError), (exception.Execution, exception.ErrorCode));
            Assert.Contains("tried to send the request a second time", exception.Message, StringComparison.Ordinal);
        }
    }

    private static StubHandler Answering(Queue<(HttpStatusCode Status, string Body, string? RetryAfter)> answers) =>
        new(
            (_, _) =>
            {
                var (status, body, retryAfter) = answers.Dequeue();
                var response = new HttpResponseMessage(status) { Content = new StringContent(body) };
                if (retryAfter is not null)
                {
                    response.Headers.Add("Retry-After", retryAfter);
                }

                return Task.FromResult(response);
            }
        );

    private sealed class ReplacingFilter : Microsoft.Extensions.Http.IHttpMessageHandlerBuilderFilter
    {
        public Action<Microsoft.Extensions.Http.HttpMessageHandlerBuilder> Configure(
            Action<Microsoft.Extensions.Http.HttpMessageHandlerBuilder> next
        ) =>
            builder =>
            {
                next(builder);
                builder.PrimaryHandler = new RepeatingHandler { InnerHandler = new SocketsHttpHandler { UseProxy = false } };
            };
    }

    private sealed class RepeatingFilter : Microsoft.Extensions.Http.IHttpMessageHandlerBuilderFilter
    {
        public Action<Microsoft.Extensions.Http.HttpMessageHandlerBuilder> Configure(
            Action<Microsoft.Extensions.Http.HttpMessageHandlerBuilder> next
        ) =>
            builder =>
            {
                next(builder);
                builder.AdditionalHandlers.Add(new RepeatingHandler());
            };
    }

    /// <summary>A handler that applications add to all of their clients.</summary>
    private sealed class RepeatingHandler : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            return response.IsSuccessStatusCode ? response : await base.SendAsync(request, cancellationToken);
        }
    }
}
