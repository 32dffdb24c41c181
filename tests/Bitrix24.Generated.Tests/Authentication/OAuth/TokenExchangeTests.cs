using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Bitrix24.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Bitrix24.Tests;

/// <summary>A token exchange that was sent is read to its end, and its failures have messages of their own.</summary>
public sealed class TokenExchangeTests
{
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(70);

    [Fact]
    public async Task Refresh_slower_than_the_attempt_timeout_is_saved_and_used()
    {
        using var portal = NewPortal();
        var (clock, store) = (new ObservedClock(), NewStore(portal));
        var server = new SlowTokenServer(portal.TokenEndpoint);
        using var client = NewClient(server, clock, TestCredentials.OAuth(portal, store));
        portal.ExpireAccessToken();

        var call = client.Bitrix24.AddCallListAsync(TestClient.Request);
        await server.Issued;
        clock.Advance(AttemptTimeout + TimeSpan.FromSeconds(1));
        server.Answer();
        await call;

        Assert.Equal((portal.AccessToken, portal.RefreshToken), (store.Token!.AccessToken, store.Token.RefreshToken));
        Assert.Equal((1, 1), (TokenRequests(portal), portal.CallLists.Count));
    }

    [Fact]
    public async Task Call_that_gives_up_waiting_leaves_the_refresh_to_the_next_one()
    {
        using var portal = NewPortal();
        var (clock, store) = (new ObservedClock(), NewStore(portal));
        var server = new SlowTokenServer(portal.TokenEndpoint);
        using var client = NewClient(server, clock, TestCredentials.OAuth(portal, store));
        portal.ExpireAccessToken();

        var first = client.Bitrix24.AddCallListAsync(TestClient.Request);
        await server.Issued;
        await clock.TimerAsync(AttemptTimeout + AttemptTimeout);
        clock.Advance(AttemptTimeout + AttemptTimeout);
        var exception = await Assert.ThrowsAsync<Bitrix24AuthenticationException>(() => first);
        Assert.Equal(CallExecution.NotExecuted, exception.Execution);
        Assert.Equal(
            "crm.calllist.add failed: the access token has expired, and its refresh takes too long; "
                + "the refresh goes on, so make the call again later.",
            exception.Message);

        var second = client.Bitrix24.AddCallListAsync(TestClient.Request);
        server.Answer();
        await second;

        Assert.Equal(portal.RefreshToken, store.Token!.RefreshToken);
        Assert.Equal((1, 1), (TokenRequests(portal), portal.CallLists.Count));
    }

    [Fact]
    public async Task Too_long_a_wait_for_the_lock_fails_the_call_and_sends_nothing()
    {
        using var portal = NewPortal();
        var (clock, store) = (new ObservedClock(), NewStore(portal));
        var server = new SlowTokenServer(portal.TokenEndpoint);
        using var one = NewClient(server, new ObservedClock(), TestCredentials.OAuth(portal, store));
        using var other = NewClient(new SocketsHttpHandler(), clock, TestCredentials.OAuth(portal, store));
        portal.ExpireAccessToken();

        var call = one.Bitrix24.AddCallListAsync(TestClient.Request);
        await server.Issued;
        var waiting = other.Bitrix24.AddCallListAsync(TestClient.Request);
        await clock.TimerAsync(AttemptTimeout + AttemptTimeout);
        await store.Waiting;
        clock.Advance(AttemptTimeout);
        var exception = await Assert.ThrowsAsync<Bitrix24AuthenticationException>(() => waiting);
        Assert.Equal(CallExecution.NotExecuted, exception.Execution);
        Assert.Contains("Another process may be refreshing the tokens", exception.Message, StringComparison.Ordinal);

        server.Answer();
        await call;
        await other.Bitrix24.AddCallListAsync(TestClient.Request);
        Assert.Equal((1, 2), (TokenRequests(portal), portal.CallLists.Count));
    }

    [Fact]
    public async Task Refresh_without_a_response_leaves_the_call_not_executed()
    {
        using var portal = NewPortal();
        var clock = new ObservedClock();
        var server = new SlowTokenServer(portal.TokenEndpoint);
        using var client = NewClient(server, clock, TestCredentials.OAuth(portal, NewStore(portal)), TimeSpan.FromMinutes(4));
        portal.ExpireAccessToken();

        var call = client.Bitrix24.AddCallListAsync(TestClient.Request);
        await server.Issued;
        clock.Advance(TimeSpan.FromMinutes(5));

        var exception = await Assert.ThrowsAsync<Bitrix24AuthenticationException>(() => call);
        Assert.Equal(CallExecution.NotExecuted, exception.Execution);
        Assert.Equal(
            "crm.calllist.add failed: the access token has expired and was not refreshed: oauth/token failed: no response within the time "
                + "limit of a token exchange; it is not known whether the server has issued new tokens.",
            exception.Message);
    }

    [Fact]
    public async Task Code_exchange_slower_than_the_attempt_timeout_gives_its_tokens()
    {
        using var portal = NewPortal();
        var clock = new FakeTimeProvider();
        using var server = new SlowTokenServer(portal.TokenEndpoint);
        using var http = new HttpClient(server) { Timeout = Timeout.InfiniteTimeSpan };
        var sender = new HttpSender(
            () => http, applicationName: null, clock, AttemptTimeout, HttpSender.DefaultMaxTotalResponseSize, NullLogger.Instance);
        var application = OAuthSettings.From(TestCredentials.Options(portal, NewStore(portal)));

        var exchange = new TokenClient(sender).RequestAsync(application, "authorization_code", "code", portal.AuthorizationCode);
        await server.Issued;
        clock.Advance(AttemptTimeout + TimeSpan.FromSeconds(1));
        server.Answer();

        Assert.Equal(portal.AccessToken, (await exchange).Token.AccessToken);
    }

    [Theory]
    [InlineData("00:00:01", "00:05:00")]
    [InlineData("00:05:00", "00:05:00")]
    [InlineData("1.00:00:00", "1.00:00:00")]
    [InlineData("-00:00:00.0010000", "-00:00:00.0010000")]
    public void Exchange_takes_minutes_and_never_less_than_an_attempt(string attempt, string exchange)
    {
        var timeout = OAuthTimeouts.Exchange(TimeSpan.Parse(attempt, CultureInfo.InvariantCulture));

        Assert.Equal(exchange, timeout.ToString());
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("page")]
    [InlineData("truncated")]
    [InlineData("unlisted code")]
    [InlineData("no tokens")]
    public async Task Failed_refresh_does_not_put_the_call_in_doubt(string kind)
    {
        using var portal = NewPortal();
        portal.ExpireAccessToken();
        portal.FailNextRenewal(kind switch
        {
            "reset" => SimulatedFault.ConnectionReset,
            "page" => SimulatedFault.HtmlPage(HttpStatusCode.BadGateway),
            "truncated" => SimulatedFault.TruncatedAnswer,
            "no tokens" => SimulatedFault.Answer(HttpStatusCode.OK, "{}"),
            _ => SimulatedFault.Error(HttpStatusCode.BadRequest, "some_news"),
        });

        var exception = await Assert.ThrowsAsync<Bitrix24AuthenticationException>(
            () => TestClient.On(TestCredentials.Of("oauth", portal)).AddCallListAsync(TestClient.Request));

        Assert.Equal(CallExecution.NotExecuted, exception.Execution);
        Assert.DoesNotContain("whether the call ran", exception.Message, StringComparison.Ordinal);
        Assert.EndsWith("; it is not known whether the server has issued new tokens.", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("invalid_grant", true)]
    [InlineData("invalid_client", true)]
    [InlineData("APPLICATION_NOT_FOUND", true)]
    [InlineData("bad_verification_code", true)]
    [InlineData("wrong_client", true)]
    [InlineData("NOT_INSTALLED", true)]
    [InlineData("PAYMENT_REQUIRED", false)]
    [InlineData("invalid_scope", false)]
    [InlineData("OVERLOAD_LIMIT", false)]
    [InlineData("QUERY_LIMIT_EXCEEDED", false)]
    [InlineData("INTERNAL_SERVER_ERROR", false)]
    [InlineData("some_news", false)]
    public async Task Refusal_of_the_grant_is_final_and_any_other_holds_for_a_while(string code, bool isFinal)
    {
        using var portal = NewPortal();
        var clock = new FakeTimeProvider();
        var bitrix24 = TestClient.On(TestCredentials.Of("oauth", portal), options => options.TimeProvider = clock);
        portal.ExpireAccessToken();
        portal.FailNextRenewal(SimulatedFault.Error(HttpStatusCode.Unauthorized, code));
        await Assert.ThrowsAsync<Bitrix24AuthenticationException>(() => bitrix24.AddCallListAsync(TestClient.Request));
        await Assert.ThrowsAsync<Bitrix24AuthenticationException>(() => bitrix24.AddCallListAsync(TestClient.Request));
        Assert.Equal(1, TokenRequests(portal));

        clock.Advance(TimeSpan.FromSeconds(31));
        await Record.ExceptionAsync(() => bitrix24.AddCallListAsync(TestClient.Request));

        Assert.Equal(isFinal ? 1 : 2, TokenRequests(portal));
    }

    private static SimulatedPortal NewPortal()
    {
        var portal = SimulatedPortal.Start();
        portal.Contacts.Add(9, 17, 19);
        portal.Webforms.Add(1);
        return portal;
    }

    private static ObservedStore NewStore(SimulatedPortal portal) => new(TestCredentials.TokenOf(portal));

    private static TestClient NewClient(
        HttpMessageHandler connections, TimeProvider clock, Bitrix24Credentials credentials, TimeSpan? attemptTimeout = null) =>
        new(connections, options =>
        {
            options.Credentials = credentials;
            options.TimeProvider = clock;
            options.AttemptTimeout = attemptTimeout ?? AttemptTimeout;
        });

    private static int TokenRequests(SimulatedPortal portal) => portal.Requests.Count(request => request.PathAndQuery == "/oauth/token/");

    /// <summary>A clock that a test moves, and that reports its timers.</summary>
    private sealed class ObservedClock : FakeTimeProvider
    {
        private readonly ConcurrentDictionary<TimeSpan, TaskCompletionSource> timers = new();

        /// <summary>Returns a task that ends when a timer of this length has been set.</summary>
        public Task TimerAsync(TimeSpan length) => SourceOf(length).Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            SourceOf(dueTime).TrySetResult();
            return timer;
        }

        private TaskCompletionSource SourceOf(TimeSpan length) =>
            timers.GetOrAdd(length, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
    }

    /// <summary>A store in memory that reports when its lock is waited for.</summary>
    private sealed class ObservedStore(Bitrix24Token token) : IBitrix24TokenStore
    {
        private readonly InMemoryBitrix24TokenStore store = new(token);
        private readonly TaskCompletionSource waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Bitrix24Token? Token => store.Token;

        public Task Waiting => waiting.Task;

        public ValueTask<Bitrix24Token?> LoadAsync(CancellationToken cancellationToken) => store.LoadAsync(cancellationToken);

        public ValueTask SaveAsync(Bitrix24Token token, CancellationToken cancellationToken) => store.SaveAsync(token, cancellationToken);

        public ValueTask<IAsyncDisposable> LockAsync(CancellationToken cancellationToken)
        {
            var locking = store.LockAsync(cancellationToken);
            if (!locking.IsCompleted)
            {
                waiting.TrySetResult();
            }

            return locking;
        }
    }
}
