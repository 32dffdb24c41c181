using System.Threading.RateLimiting;
using Bitrix24.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Bitrix24.Tests;

public sealed class RateLimitTests
{
    [Theory]
    [InlineData(50, 2)]
    [InlineData(250, 5)]
    public async Task Flood_never_overflows_the_bucket_and_uses_98_percent_of_it(int burst, double perSecond)
    {
        const int Calls = 600;
        var clock = new SkippingTimeProvider();
        using var portal = NewPortal(
            new SimulatedPortalOptions
            {
                TimeProvider = clock,
                RequestBurst = burst,
                RequestsPerSecond = perSecond,
            }
        );
        var bitrix24 = TestClient.On(
            portal.WebhookUrl,
            options =>
            {
                options.TimeProvider = clock;
                options.RateLimit = new Bitrix24RateLimit(burst, perSecond);
            }
        );
        var other = TestClient.On(
            TestCredentials.Of("token", portal),
            options =>
            {
                options.TimeProvider = clock;
                options.RateLimit = new Bitrix24RateLimit(burst, perSecond) { MaxWait = TimeSpan.FromHours(1) };
            }
        );
        var begun = clock.GetUtcNow();

        for (var call = 0; call < Calls; call++)
        {
            await (call % 2 == 0 ? bitrix24 : other).AddCallListAsync(TestClient.Request);
        }

        var taken = (clock.GetUtcNow() - begun).TotalSeconds;
        var allowed = burst + (perSecond * taken);
        Assert.Equal(Calls, portal.Requests.Count);
        Assert.True(Calls >= 0.98 * allowed, FormattableString.Invariant($"{Calls} calls in {taken} s; the bucket allows {allowed}."));
    }

    [Fact]
    public async Task Clients_of_the_same_host_share_the_limit()
    {
        var clock = new FakeTimeProvider();
        var limit = new Bitrix24RateLimit(2, 1);
        using var one = NewPortal();
        using var other = NewPortal();
        Bitrix24Client Client(SimulatedPortal portal) =>
            TestClient.On(portal.WebhookUrl, options => (options.TimeProvider, options.RateLimit) = (clock, limit));

        await Client(one).AddCallListAsync(TestClient.Request);
        await Client(one).AddCallListAsync(TestClient.Request);
        var waiting = Client(one).AddCallListAsync(TestClient.Request);
        await Client(other).AddCallListAsync(TestClient.Request);

        Assert.False(waiting.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));
        await waiting;
    }

    [Fact]
    public async Task Wait_longer_than_MaxWait_fails_at_once()
    {
        var clock = new FakeTimeProvider();
        using var portal = NewPortal();
        var bitrix24 = TestClient.On(
            portal.WebhookUrl,
            options =>
                (options.TimeProvider, options.RateLimit) = (clock, new Bitrix24RateLimit(1, 0.1) { MaxWait = TimeSpan.FromSeconds(5) })
        );

        await bitrix24.AddCallListAsync(TestClient.Request);
        var exception = await Assert.ThrowsAsync<Bitrix24RateLimitException>(() => bitrix24.AddCallListAsync(TestClient.Request));

        Assert.Equal((CallExecution.NotExecuted, TimeSpan.FromSeconds(10)), (exception.Execution, exception.RetryAfter));
        Assert.Single(portal.Requests);
    }

    [Fact]
    public async Task Canceled_wait_returns_its_turn()
    {
        var clock = new FakeTimeProvider();
        using var portal = NewPortal();
        var bitrix24 = TestClient.On(
            portal.WebhookUrl,
            options => (options.TimeProvider, options.RateLimit) = (clock, new Bitrix24RateLimit(1, 1))
        );
        using var cancellation = new CancellationTokenSource();

        await bitrix24.AddCallListAsync(TestClient.Request);
        var cancelled = bitrix24.AddCallListAsync(TestClient.Request, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        var next = bitrix24.AddCallListAsync(TestClient.Request);
        clock.Advance(TimeSpan.FromSeconds(1));
        await next;

        Assert.Equal(2, portal.Requests.Count);
    }

    [Fact]
    public async Task Rejection_by_the_portal_fills_the_client_side_bucket()
    {
        var clock = new SkippingTimeProvider();
        using var portal = NewPortal();
        portal.FailNext(SimulatedFault.Error(System.Net.HttpStatusCode.ServiceUnavailable, "QUERY_LIMIT_EXCEEDED"));
        var bitrix24 = TestClient.On(
            portal.WebhookUrl,
            options => (options.TimeProvider, options.RateLimit) = (clock, new Bitrix24RateLimit(50, 0.5))
        );

        await Assert.ThrowsAsync<Bitrix24RateLimitException>(() => bitrix24.AddCallListAsync(TestClient.Request));
        await bitrix24.AddCallListAsync(TestClient.Request);

        Assert.Equal([TimeSpan.FromSeconds(2)], clock.Waits);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rejected_calls_wait_and_none_fails(bool othersUseThePortal)
    {
        const int Calls = 120;
        var clock = new SkippingTimeProvider();
        using var portal = NewPortal(
            new SimulatedPortalOptions
            {
                TimeProvider = clock,
                RequestBurst = 50,
                RequestsPerSecond = 2,
            }
        );

        // Each of the concurrent waits advances this clock, so it runs faster than a real one.
        var limit = new Bitrix24RateLimit(50, 2) { MaxWait = TimeSpan.FromHours(1) };
        var bitrix24 = TestClient.On(
            portal.WebhookUrl,
            options => (options.TimeProvider, options.RateLimit, options.Retry.MaxAttempts) = (clock, limit, 2)
        );
        if (othersUseThePortal)
        {
            // Another program on this machine has filled the bucket.
            var other = TestClient.On(portal.WebhookUrl, options => options.TimeProvider = clock);
            for (var request = 0; request < 50; request++)
            {
                await other.ListCallListStatusesAsync();
            }
        }

        await Task.WhenAll(Enumerable.Range(0, Calls).Select(_ => bitrix24.AddCallListAsync(TestClient.Request)));

        Assert.Equal(Calls, portal.CallLists.Count);
    }

    [Fact]
    public async Task Rejected_call_waits_at_most_MaxWait_and_counts_if_retries_are_off()
    {
        var clock = new SkippingTimeProvider();
        using var portal = NewPortal();
        portal.FailNext(SimulatedFault.Error(System.Net.HttpStatusCode.ServiceUnavailable, "QUERY_LIMIT_EXCEEDED"), times: 1000);
        Bitrix24Client Client(int attempts) =>
            TestClient.On(
                portal.WebhookUrl,
                options =>
                    (options.TimeProvider, options.RateLimit, options.Retry.MaxAttempts) = (
                        clock,
                        new Bitrix24RateLimit(50, 2) { MaxWait = TimeSpan.FromSeconds(30) },
                        attempts
                    )
            );

        var single = await Assert.ThrowsAsync<Bitrix24RateLimitException>(() => Client(attempts: 1).AddCallListAsync(TestClient.Request));
        Assert.Equal((1, 1), (single.Attempts, portal.Requests.Count));

        var begun = clock.GetUtcNow();
        var exception = await Assert.ThrowsAsync<Bitrix24RateLimitException>(() =>
            Client(attempts: 2).AddCallListAsync(TestClient.Request)
        );

        Assert.Equal((CallExecution.NotExecuted, Bitrix24ErrorCode.QueryLimitExceeded), (exception.Execution, exception.ErrorCode));
        Assert.InRange(clock.GetUtcNow() - begun, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(31));
        Assert.InRange(portal.Requests.Count, 3, 15);
    }

    [Fact]
    public async Task Rejected_call_respects_Retry_After()
    {
        var clock = new SkippingTimeProvider();
        var retryAfter = 7;
        var handler = new StubHandler(
            (_, _) =>
            {
                var response = new HttpResponseMessage(System.Net.HttpStatusCode.ServiceUnavailable)
                {
                    Content = new StringContent("""{"error":"QUERY_LIMIT_EXCEEDED"}"""),
                };
                response.Headers.RetryAfter = new(TimeSpan.FromSeconds(retryAfter));
                return Task.FromResult(response);
            }
        );
        using var client = new TestClient(
            handler,
            options =>
                (options.TimeProvider, options.RateLimit, options.Retry.MaxAttempts) = (
                    clock,
                    new Bitrix24RateLimit(50, 2) { MaxWait = TimeSpan.FromSeconds(30) },
                    2
                )
        );

        // It waits up to MaxWait, and is then sent once more.
        var exception = await Assert.ThrowsAsync<Bitrix24RateLimitException>(() => client.Bitrix24.AddCallListAsync(TestClient.Request));
        Assert.Equal((CallExecution.NotExecuted, Bitrix24ErrorCode.QueryLimitExceeded), (exception.Execution, exception.ErrorCode));
        Assert.InRange(handler.Requests, 4, 6);
        Assert.True(clock.Waits.Count(wait => wait == TimeSpan.FromSeconds(7)) >= handler.Requests - 1, string.Join(' ', clock.Waits));

        retryAfter = 100;
        var requests = handler.Requests;
        exception = await Assert.ThrowsAsync<Bitrix24RateLimitException>(() => client.Bitrix24.AddCallListAsync(TestClient.Request));
        Assert.Equal((TimeSpan.FromSeconds(100), requests + 1), (exception.RetryAfter, handler.Requests));
    }

    [Fact]
    public async Task Reset_time_in_the_far_future_is_limited()
    {
        var clock = new SkippingTimeProvider(longestWait: TimeSpan.FromMinutes(10));
        var answers = new Queue<(System.Net.HttpStatusCode Status, string Body)>([
            (System.Net.HttpStatusCode.TooManyRequests, """{"error":"OPERATION_TIME_LIMIT"}"""),
            (System.Net.HttpStatusCode.OK, """{"result":11}"""),
        ]);
        var handler = new StubHandler(
            (_, _) =>
            {
                var response = new HttpResponseMessage(answers.Peek().Status) { Content = new StringContent(answers.Dequeue().Body) };
                response.Headers.RetryAfter = new(TimeSpan.FromDays(1000));
                return Task.FromResult(response);
            }
        );
        using var client = new TestClient(
            handler,
            options =>
                (options.TimeProvider, options.ExecutionTimeBudget, options.AttemptTimeout) = (
                    clock,
                    TimeSpan.FromSeconds(400),
                    TimeSpan.FromHours(1)
                )
        );

        await Assert.ThrowsAsync<Bitrix24RateLimitException>(() => client.Bitrix24.AddCallListAsync(TestClient.Request));
        Assert.Equal(11, (await client.Bitrix24.AddCallListAsync(TestClient.Request)).Result);

        Assert.Equal([TimeSpan.FromMinutes(10)], clock.Waits);
    }

    [Fact]
    public async Task Late_timer_loses_no_turn()
    {
        var clock = new LateClock();
        var limiter = new PortalRateLimiter(burst: 1, perSecond: 1, clock);
        var taken = await limiter.AcquireAsync(TimeSpan.FromMinutes(1), isRefused: false, default);
        var first = limiter.AcquireAsync(TimeSpan.FromSeconds(5), isRefused: false, default).AsTask();

        // The request in flight takes longer than the first queued call may wait, and another call arrives before the timer fires.
        clock.Now = 6;
        var second = limiter.AcquireAsync(TimeSpan.FromMinutes(1), isRefused: false, default).AsTask();
        clock.Ring();
        Assert.False((await first).IsAcquired);
        taken.Dispose();
        clock.Now = 8;
        clock.Ring();
        Assert.True((await second).IsAcquired);
    }

    [Fact]
    public async Task Queued_call_waits_at_most_MaxWait()
    {
        var clock = new FakeTimeProvider();
        var limiter = new PortalRateLimiter(burst: 1, perSecond: 1, clock);
        using var taken = await limiter.AcquireAsync(TimeSpan.FromMinutes(1), isRefused: false, default);
        var patient = limiter.AcquireAsync(TimeSpan.FromMinutes(10), isRefused: false, default).AsTask();
        var impatient = limiter.AcquireAsync(TimeSpan.FromSeconds(5), isRefused: false, default).AsTask();

        clock.Advance(TimeSpan.FromSeconds(6));

        Assert.False((await impatient.WaitAsync(TimeSpan.FromSeconds(30))).IsAcquired);
        Assert.False(patient.IsCompleted);
    }

    [Theory]
    [InlineData("https://портал.example/rest/1/abc/", "https://xn--80awhdgm.example/rest/1/abc/")]
    [InlineData("https://portal.example/rest/1/abc/", "https://PORTAL.example/rest/1/abc/")]
    [InlineData("https://portal.example/rest/1/abc/", "https://portal.example./rest/1/abc/")]
    [InlineData("https://portal.example/rest/1/abc/", "https://portal.example:443/rest/1/abc/")]
    public async Task Spellings_of_one_portal_share_the_limit_and_the_execution_time(string one, string other)
    {
        var clock = new FakeTimeProvider();
        var handler = StubHandler.Answering(
            System.Net.HttpStatusCode.OK,
            """{"result":11,"time":{"finish":1752471668.5,"operating":470.5,"operating_reset_at":1752471698}}"""
        );
        var services = new Microsoft.Extensions.DependencyInjection.ServiceCollection();
        services
            .AddBitrix24ClientFactory(options =>
            {
                (options.TimeProvider, options.RateLimit, options.Retry.MaxAttempts) = (clock, new Bitrix24RateLimit(1, 1), 1);
                options.ExecutionTimeBudget = TimeSpan.FromSeconds(400);
            })
            .ConfigurePrimaryHttpMessageHandler(() => handler);
        await using var provider = services.BuildServiceProvider();
        var factory = provider.GetRequiredService<IBitrix24ClientFactory>();

        await factory.Create(Bitrix24Credentials.Webhook(one)).AddCallListAsync(TestClient.Request);
        var budgeted = factory.Create(Bitrix24Credentials.Webhook(other)).AddCallListAsync(TestClient.Request);
        var limited = factory
            .Create(Bitrix24Credentials.Webhook(other.Replace("/abc/", "/other/", StringComparison.Ordinal)))
            .ListCallListStatusesAsync();

        Assert.Equal((false, false, 1), (budgeted.IsCompleted, limited.IsCompleted, handler.Requests));
        clock.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<Bitrix24TransportException>(() => limited);
        clock.Advance(TimeSpan.FromSeconds(30));
        await budgeted;
    }

    [Fact]
    public async Task Custom_limiter_decides()
    {
        using var limiter = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = 1, QueueLimit = 0 });
        using var portal = NewPortal();
        var bitrix24 = TestClient.On(portal.WebhookUrl, options => options.RateLimit = Bitrix24RateLimit.Custom(limiter));

        await bitrix24.AddCallListAsync(TestClient.Request);
        using (limiter.AttemptAcquire())
        {
            await Assert.ThrowsAsync<Bitrix24RateLimitException>(() => bitrix24.AddCallListAsync(TestClient.Request));
        }

        await bitrix24.AddCallListAsync(TestClient.Request);
        Assert.Equal(2, portal.CallLists.Count);
    }

    [Fact]
    public async Task Lease_is_held_until_the_response_is_read()
    {
        using var limiter = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = 1, QueueLimit = 100 });
        var (inside, most) = (0, 0);
        var handler = new StubHandler(
            async (_, _) =>
            {
                most = Math.Max(most, Interlocked.Increment(ref inside));
                await Task.Yield();
                Interlocked.Decrement(ref inside);
                return new HttpResponseMessage { Content = new StringContent("""{"result":11}""") };
            }
        );
        using var client = new TestClient(handler, options => options.RateLimit = Bitrix24RateLimit.Custom(limiter));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.Bitrix24.AddCallListAsync(TestClient.Request)));

        Assert.Equal(1, most);
    }

    [Fact]
    public async Task Failing_custom_limiter_throws_a_typed_exception()
    {
        var limiter = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = 1, QueueLimit = 0 });
        await limiter.DisposeAsync();
        var handler = StubHandler.Answering(System.Net.HttpStatusCode.OK, """{"result":11}""");
        using var client = new TestClient(handler, options => options.RateLimit = Bitrix24RateLimit.Custom(limiter));

        var exception = await Assert.ThrowsAsync<Bitrix24RateLimitException>(() => client.Bitrix24.AddCallListAsync(TestClient.Request));

        Assert.Equal((CallExecution.NotExecuted, 0), (exception.Execution, exception.Attempts));
        Assert.Contains(
            "the rate limiter of the application failed (ObjectDisposedException)",
            exception.Message,
            StringComparison.Ordinal
        );
        Assert.Equal(0, handler.Requests);

        using var cancellation = new CancellationTokenSource();
        using var cancelling = new CancellingLimiter(cancellation);
        using var cancelled = new TestClient(handler, options => options.RateLimit = Bitrix24RateLimit.Custom(cancelling));
        var cancelledException = await Assert.ThrowsAsync<OperationCanceledException>(() =>
            cancelled.Bitrix24.AddCallListAsync(TestClient.Request, cancellation.Token)
        );
        Assert.Equal(cancellation.Token, cancelledException.CancellationToken);
    }

    [Fact]
    public async Task Failing_lease_disposal_does_not_change_the_outcome()
    {
        using var limiter = new BrokenLeases();
        using var client = new TestClient(
            StubHandler.Answering(System.Net.HttpStatusCode.OK, """{"result":11}"""),
            options => options.RateLimit = Bitrix24RateLimit.Custom(limiter)
        );

        Assert.Equal(11, (await client.Bitrix24.AddCallListAsync(TestClient.Request)).Result);
    }

    [Fact]
    public async Task Custom_limiter_with_a_permit_allows_calls_with_zero_MaxWait()
    {
        using var limiter = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = 1, QueueLimit = 0 });
        using var client = new TestClient(
            StubHandler.Answering(System.Net.HttpStatusCode.OK, """{"result":11}"""),
            options => options.RateLimit = Bitrix24RateLimit.Custom(limiter, TimeSpan.Zero)
        );

        Assert.Equal(11, (await client.Bitrix24.AddCallListAsync(TestClient.Request)).Result);
        using var taken = limiter.AttemptAcquire();
        Assert.Equal(
            CallExecution.NotExecuted,
            (await Assert.ThrowsAsync<Bitrix24RateLimitException>(() => client.Bitrix24.AddCallListAsync(TestClient.Request))).Execution
        );
    }

    [Fact]
    public async Task Wait_for_a_custom_limiter_ends_at_MaxWait()
    {
        using var limiter = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = 1, QueueLimit = 100 });
        using var taken = limiter.AttemptAcquire();
        var clock = new SkippingTimeProvider();
        var handler = StubHandler.Answering(System.Net.HttpStatusCode.OK, """{"result":11}""");
        using var client = new TestClient(
            handler,
            options => (options.TimeProvider, options.RateLimit) = (clock, Bitrix24RateLimit.Custom(limiter, TimeSpan.FromSeconds(20)))
        );

        var exception = await Assert.ThrowsAsync<Bitrix24RateLimitException>(() => client.Bitrix24.AddCallListAsync(TestClient.Request));

        Assert.Equal((CallExecution.NotExecuted, 0), (exception.Execution, exception.Attempts));
        Assert.Contains("waiting for the client-side rate limit", exception.Message, StringComparison.Ordinal);
        Assert.Equal([TimeSpan.FromSeconds(20)], clock.Waits);
        Assert.Equal(0, handler.Requests);
    }

    /// <summary>Represents a timer that fires on request. Like a real timer, it rejects negative times.</summary>
    private sealed class LateClock : TimeProvider
    {
        private readonly List<Action> timers = [];

        public long Now { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Now;

        public void Ring() => timers.ForEach(timer => timer());

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            timers.Add(() => callback(state));
            return new Timer();
        }

        private sealed class Timer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) =>
                dueTime >= TimeSpan.Zero ? true : throw new ArgumentOutOfRangeException(nameof(dueTime));

            public void Dispose() { }

            public ValueTask DisposeAsync() => default;
        }
    }

    private sealed class BrokenLeases : RateLimiter
    {
        public override TimeSpan? IdleDuration => null;

        public override RateLimiterStatistics? GetStatistics() => null;

        protected override RateLimitLease AttemptAcquireCore(int permitCount) => new BrokenLease();

        protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken) =>
            new(new BrokenLease());

        private sealed class BrokenLease : RateLimitLease
        {
            public override bool IsAcquired => true;

            public override IEnumerable<string> MetadataNames => [];

            public override bool TryGetMetadata(string metadataName, out object? metadata)
            {
                metadata = null;
                return false;
            }

            protected override void Dispose(bool disposing)
            {
                base.Dispose(disposing);
                throw new InvalidOperationException();
            }
        }
    }

    /// <summary>Represents a limiter that fails while it is canceled.</summary>
    private sealed class CancellingLimiter(CancellationTokenSource cancellation) : RateLimiter
    {
        public override TimeSpan? IdleDuration => null;

        public override RateLimiterStatistics? GetStatistics() => null;

        protected override RateLimitLease AttemptAcquireCore(int permitCount) => throw new NotSupportedException();

        protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
        {
            cancellation.Cancel();
            throw new InvalidOperationException();
        }
    }

    [Fact]
    public void Limits_out_of_range_throw()
    {
        Assert.Throws<ArgumentOutOfRangeException>("burst", () => new Bitrix24RateLimit(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>("perSecond", () => new Bitrix24RateLimit(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>("perSecond", () => new Bitrix24RateLimit(1, double.NaN));
        Assert.Throws<ArgumentNullException>("limiter", () => Bitrix24RateLimit.Custom(null!));
        Assert.Equal((50, 2), (Bitrix24RateLimit.Standard.Burst, Bitrix24RateLimit.Standard.PerSecond));
        Assert.Equal((250, 5), (Bitrix24RateLimit.Enterprise.Burst, Bitrix24RateLimit.Enterprise.PerSecond));
    }

    private static SimulatedPortal NewPortal(SimulatedPortalOptions? options = null)
    {
        var portal = SimulatedPortal.Start(options);
        portal.Contacts.Add(9, 17, 19);
        portal.Webforms.Add(1);
        return portal;
    }
}
