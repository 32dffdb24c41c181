using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.RateLimiting;
using Bitrix24.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VerifyXunit;

namespace Bitrix24.Tests;

public sealed partial class LogTests
{
    private const string Marker = "M4RKER";

    [Fact]
    public async Task Error_code_of_a_failed_refresh_is_logged_on_one_safe_line()
    {
        using var log = new CollectingLogger();
        using var portal = SimulatedPortal.Start();
        portal.ExpireAccessToken();
        portal.FailNextRenewal(SimulatedFault.Answer(HttpStatusCode.BadRequest, """{"error":"NEW\n1 Error: forged\u001b[2J\u202e"}"""));
        var options = new Bitrix24ClientOptions { Credentials = TestCredentials.Of("oauth", portal) };

        var call = Bitrix24Client.Create(options, log).AddCallListAsync(TestClient.Request);
        await Assert.ThrowsAsync<Bitrix24AuthenticationException>(() => call);

        Assert.Single(log.Messages, message => message.StartsWith("7 Warning:", StringComparison.Ordinal));
        Assert.All(
            log.Messages,
            message => Assert.DoesNotContain(message, character => char.IsControl(character) || character == '\u202e')
        );
    }

    /// <summary>Produces every event of the package and checks that none contains an address or a body.</summary>
    [Fact]
    public async Task Every_event()
    {
        using var log = new CollectingLogger();
        using var portal = SimulatedPortal.Start(
            new SimulatedPortalOptions { ExecutionTimeLimit = TimeSpan.FromSeconds(480), ProcessingTime = TimeSpan.FromSeconds(1) }
        );
        using var moved = SimulatedPortal.Start(new SimulatedPortalOptions { AccessToken = portal.AccessToken });
        portal.Contacts.Add(9, 17, 19);
        moved.Contacts.Add(9, 17, 19);
        var request = new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = [9] };

        var bitrix24 = Client(portal, "webhook");
        await bitrix24.AddCallListAsync(request);
        await Assert.ThrowsAsync<Bitrix24InvalidRequestException>(() =>
            bitrix24.AddCallListAsync(new AddCallListRequest { EntityType = new CallListEntityType(Marker), Entities = [9] })
        );
        portal.FailNext(SimulatedFault.Error(HttpStatusCode.ServiceUnavailable, "QUERY_LIMIT_EXCEEDED", Marker));
        await bitrix24.AddCallListAsync(request);

        var budgeted = Client(portal, "webhook", options => options.ExecutionTimeBudget = TimeSpan.FromSeconds(1));
        await budgeted.AddCallListAsync(request);
        await budgeted.AddCallListAsync(request);

        portal.FailNext(SimulatedFault.MovedTo(moved.Url));
        await Client(portal, "token").AddCallListAsync(request);

        portal.ExpireAccessToken();
        await Client(portal, "oauth").AddCallListAsync(request);
        portal.ExpireAccessToken();
        portal.FailNextRenewal(SimulatedFault.Error(HttpStatusCode.BadRequest, "invalid_grant", Marker));
        await Assert.ThrowsAsync<Bitrix24AuthenticationException>(() => Client(portal, "oauth").AddCallListAsync(request));

        portal.FailNext(SimulatedFault.NoAnswer);
        using var cancellation = new CancellationTokenSource();
        var hanging = bitrix24.AddCallListAsync(request, cancellation.Token);
        while (portal.UnansweredRequestCount == 0)
        {
            await Task.Yield();
        }

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging);

        await foreach (
            var _ in bitrix24.AddCallListsAsync([
                new AddCallListRequest { EntityType = new CallListEntityType(Marker), Entities = [9] },
                request,
            ])
        )
        {
            break;
        }

        var text = string.Concat(
            log.Messages.Select(message =>
                Numbers()
                    .Replace(message, "? ms")
                    .Replace(portal.Url.Authority, "portal", StringComparison.Ordinal)
                    .Replace(moved.Url.Authority, "elsewhere", StringComparison.Ordinal) + "\n"
            )
        );
        Assert.DoesNotContain(Marker, text, StringComparison.Ordinal);
        Assert.DoesNotContain("/rest/", text, StringComparison.Ordinal);
        await Verifier.Verify(text, "txt");

        Bitrix24Client Client(SimulatedPortal portal, string kind, Action<Bitrix24ClientOptions>? configure = null)
        {
            var options = new Bitrix24ClientOptions
            {
                Credentials = TestCredentials.Of(kind, portal),
                RateLimit = Bitrix24RateLimit.Unlimited,
                TimeProvider = new SkippingTimeProvider(TimeSpan.FromMinutes(20)),
                AttemptTimeout = Timeout.InfiniteTimeSpan,
            };
            configure?.Invoke(options);
            return Bitrix24Client.Create(options, log);
        }
    }

    [Fact]
    public async Task Call_canceled_before_sending_is_not_executed()
    {
        using var log = new CollectingLogger();
        using var cancellation = new CancellationTokenSource();
        using var handler = new CancellingHandler(cancellation);
        using var client = new TestClient(handler, register: services => services.AddSingleton<ILoggerFactory>(log));

        await Assert.ThrowsAsync<OperationCanceledException>(() =>
            client.Bitrix24.AddCallListAsync(TestClient.Request, cancellation.Token)
        );

        Assert.Equal(
            ["8 Warning: crm.calllist.add was canceled; execution: NotExecuted."],
            log.Messages.Where(message => message.StartsWith("8 ", StringComparison.Ordinal))
        );
    }

    /// <summary>Also covers failures without an HTTP status or error code. No text of a portal or an exception is logged.</summary>
    [Fact]
    public async Task Failed_call_logs_its_reason()
    {
        using var closed = new ClosedPort();
        var limiter = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = 1 });
        await limiter.DisposeAsync();
        var table = new StringBuilder();
        var refusal = StubHandler.Answering(HttpStatusCode.Forbidden, $$"""{"error":"ACCESS_DENIED","error_description":"{{Marker}}"}""");
        void Closed(Bitrix24ClientOptions options) => options.Credentials = Bitrix24Credentials.Webhook(closed.WebhookUrl);
        void Limited(Bitrix24ClientOptions options) => options.RateLimit = Bitrix24RateLimit.Custom(limiter);
        foreach (
            var (name, client) in new (string, Func<CollectingLogger, TestClient>)[]
            {
                ("no connection", log => WithLogger(new SocketsHttpHandler { UseProxy = false }, log, Closed)),
                (
                    "broken connection",
                    log => WithLogger(StubHandler.Throwing(new HttpRequestException(Marker, new IOException(Marker))), log)
                ),
                ("handler of the application", log => WithLogger(StubHandler.Throwing(new InvalidOperationException(Marker)), log)),
                ("secret in the cause", log => WithLogger(StubHandler.Throwing(new HttpRequestException(TestClient.WebhookCode)), log)),
                ("timeout", log => WithLogger(StubHandler.Throwing(new OperationCanceledException(Marker)), log)),
                ("page", log => WithLogger(StubHandler.Answering(HttpStatusCode.BadGateway, Marker, "text/html"), log)),
                ("no result", log => WithLogger(StubHandler.Answering(HttpStatusCode.OK, "{}"), log)),
                ("redirect", log => WithLogger(StubHandler.Answering(HttpStatusCode.Found, ""), log)),
                ("code", log => WithLogger(refusal, log)),
                ("unlisted code", log => WithLogger(StubHandler.Answering(HttpStatusCode.BadRequest, $$"""{"error":"{{Marker}}"}"""), log)),
                ("own limit", log => WithLogger(StubHandler.Answering(HttpStatusCode.OK, "{}"), log, Limited)),
            }
        )
        {
            using var logger = new CollectingLogger();
            using var failing = client(logger);
            await Assert.ThrowsAnyAsync<Bitrix24Exception>(() => failing.Bitrix24.AddCallListAsync(TestClient.Request));
            var message = Assert.Single(logger.Messages, message => message.StartsWith("2 ", StringComparison.Ordinal));
            table.Append(name).Append(": ").Append(Numbers().Replace(message, "? ms")).Append('\n');
        }

        Assert.DoesNotContain(Marker, table.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("null", table.ToString(), StringComparison.Ordinal);
        await Verifier.Verify(table.ToString(), "txt");
    }

    private static TestClient WithLogger(
        HttpMessageHandler handler,
        CollectingLogger log,
        Action<Bitrix24ClientOptions>? configure = null
    ) => new(handler, configure, services => services.AddSingleton<ILoggerFactory>(log));

    /// <summary>Cancels instead of connecting.</summary>
    private sealed class CancellingHandler(CancellationTokenSource cancellation) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await cancellation.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
            throw new InvalidOperationException();
        }
    }

    [GeneratedRegex(@"[0-9]+ ms", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Numbers();
}
