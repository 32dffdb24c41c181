using System.Globalization;
using System.Net;
using System.Text;
using Bitrix24.Testing;
using Microsoft.Extensions.DependencyInjection;
using VerifyXunit;

namespace Bitrix24.Tests;

/// <summary>Tests every fault, once and repeatedly, for an idempotent and a non-idempotent method, with all kinds of credentials.</summary>
public sealed class FaultTableTests
{
    /// <summary>Methods that the spec does not list. The caller says of one of them that repeating it is safe.</summary>
    private const string UnlistedMethod = "acme.send";
    private const string RepeatableMethod = "acme.read";

    private static readonly string[] Kinds = ["webhook", "token", "oauth", "webhook by dependency injection", "webhook over HTTP/2"];

    private static readonly Dictionary<string, Func<IBitrix24Client, Task>> Operations = new(StringComparer.Ordinal)
    {
        ["add"] = bitrix24 => bitrix24.AddCallListAsync(TestClient.Request),
        ["get"] = bitrix24 => bitrix24.GetCallListAsync(new GetCallListRequest { Id = 1 }),
        ["list"] = bitrix24 => bitrix24.ListCallListsAsync(new ListCallListsRequest()),
        ["items.get"] = bitrix24 => bitrix24.ListCallListItemsAsync(new ListCallListItemsRequest { ListId = 1 }),
        ["statuslist"] = bitrix24 => bitrix24.ListCallListStatusesAsync(),
        ["update"] = bitrix24 =>
            bitrix24.UpdateCallListAsync(
                new UpdateCallListRequest
                {
                    ListId = 1,
                    EntityType = CallListEntityType.Contact,
                    Entities = [9],
                    WebformId = 1,
                }
            ),
        ["batch"] = bitrix24 =>
            bitrix24.BatchAsync(
                new BatchRequest
                {
                    Commands = new Dictionary<string, string>(StringComparer.Ordinal)
                    {
                        ["c0"] = BatchCommand.AddCallList(TestClient.Request),
                    },
                }
            ),
        [UnlistedMethod] = bitrix24 => bitrix24.CallAsync<long>(UnlistedMethod),
        [RepeatableMethod] = bitrix24 => bitrix24.CallAsync<long>(RepeatableMethod, options: new CallOptions { IsIdempotent = true }),
    };

    private static readonly (string Name, SimulatedFault Fault)[] Table =
    [
        ("connection reset before the call ran", SimulatedFault.ConnectionReset),
        ("connection reset after the call ran", SimulatedFault.ConnectionReset with { RunsCall = true }),
        ("no answer, call did not run", SimulatedFault.NoAnswer),
        ("no answer, call ran", SimulatedFault.NoAnswer with { RunsCall = true }),
        ("answer truncated", SimulatedFault.TruncatedAnswer),
        ("200 login page", SimulatedFault.HtmlPage(HttpStatusCode.OK)),
        ("403 page", SimulatedFault.HtmlPage(HttpStatusCode.Forbidden)),
        ("500 page, call ran", SimulatedFault.HtmlPage(HttpStatusCode.InternalServerError) with { RunsCall = true }),
        ("502 page, call ran", SimulatedFault.HtmlPage(HttpStatusCode.BadGateway) with { RunsCall = true }),
        ("503 page", SimulatedFault.HtmlPage(HttpStatusCode.ServiceUnavailable)),
        ("504 page, call ran", SimulatedFault.HtmlPage(HttpStatusCode.GatewayTimeout) with { RunsCall = true }),
        ("200 empty, call ran", SimulatedFault.Answer(HttpStatusCode.OK, "") with { RunsCall = true }),
        ("204", SimulatedFault.Answer(HttpStatusCode.NoContent, "")),
        ("200 {}", SimulatedFault.Answer(HttpStatusCode.OK, "{}")),
        ("200 with an error", SimulatedFault.Error(HttpStatusCode.OK, "ERROR_ARGUMENT", "x")),
        ("400 ERROR_ARGUMENT", SimulatedFault.Error(HttpStatusCode.BadRequest, "ERROR_ARGUMENT", "x")),
        ("400 unknown code", SimulatedFault.Error(HttpStatusCode.BadRequest, "BRAND_NEW", "x")),
        ("401 NO_AUTH_FOUND", SimulatedFault.Error(HttpStatusCode.Unauthorized, "NO_AUTH_FOUND")),
        ("401 expired_token", SimulatedFault.Error(HttpStatusCode.Unauthorized, "expired_token")),
        ("403 ACCESS_DENIED", SimulatedFault.Error(HttpStatusCode.Forbidden, "ACCESS_DENIED")),
        ("429 OPERATION_TIME_LIMIT", SimulatedFault.Error(HttpStatusCode.TooManyRequests, "OPERATION_TIME_LIMIT")),
        (
            "500 INTERNAL_SERVER_ERROR, call ran",
            SimulatedFault.Error(HttpStatusCode.InternalServerError, "INTERNAL_SERVER_ERROR") with
            {
                RunsCall = true,
            }
        ),
        (
            "500 ERROR_UNEXPECTED_ANSWER, call ran",
            SimulatedFault.Error(HttpStatusCode.InternalServerError, "ERROR_UNEXPECTED_ANSWER") with
            {
                RunsCall = true,
            }
        ),
        ("500 PORTAL_DELETED", SimulatedFault.Error(HttpStatusCode.InternalServerError, "PORTAL_DELETED")),
        ("500 unknown code, call ran", SimulatedFault.Error(HttpStatusCode.InternalServerError, "BRAND_NEW") with { RunsCall = true }),
        ("503 QUERY_LIMIT_EXCEEDED", SimulatedFault.Error(HttpStatusCode.ServiceUnavailable, "QUERY_LIMIT_EXCEEDED")),
        ("503 OVERLOAD_LIMIT", SimulatedFault.Error(HttpStatusCode.ServiceUnavailable, "OVERLOAD_LIMIT")),
        ("302 to a page of the portal", SimulatedFault.Redirect(new Uri("/bitrix/coupon_activation.php", UriKind.Relative))),
        ("302 to nowhere", SimulatedFault.Redirect(new Uri("", UriKind.Relative))),
        ("302 to plain http elsewhere", SimulatedFault.MovedTo(new Uri("http://elsewhere.example/"))),
    ];

    [Fact]
    public async Task Faults_by_operation_and_credentials()
    {
        using var portals = new Portals();
        var table = new StringBuilder();
        foreach (var (name, fault) in Table)
        {
            table.Append(name).Append('\n');
            foreach (var (often, times) in new[] { ("once", 1), ("always", 100) })
            {
                var rows = new List<(string Operation, string Row)>();
                foreach (var operation in Operations.Keys)
                {
                    var kinds = new List<(string Kind, string Row)>();
                    foreach (var kind in Kinds)
                    {
                        kinds.Add((kind, await RowAsync(portals.Of(kind), fault, times, operation, kind)));
                    }

                    rows.AddRange(
                        kinds
                            .GroupBy(row => row.Row, StringComparer.Ordinal)
                            .Select(group => (operation, $"{KindsOf(group.Select(row => row.Kind))}-> {group.Key}"))
                    );
                }

                foreach (var group in rows.GroupBy(row => row.Row, StringComparer.Ordinal))
                {
                    table.Append(
                        CultureInfo.InvariantCulture,
                        $"  {often,-6} {string.Join(", ", group.Select(row => row.Operation))} {group.Key}\n"
                    );
                }
            }
        }

        await Verifier.Verify(table.ToString(), "txt");
    }

    private static string KindsOf(IEnumerable<string> kinds) =>
        string.Join(", ", kinds) is var listed && listed == string.Join(", ", Kinds) ? string.Empty : $"({listed}) ";

    private static async Task<string> RowAsync(SimulatedPortal portal, SimulatedFault fault, int times, string operation, string kind)
    {
        var clock = new SkippingTimeProvider();
        void Configure(Bitrix24ClientOptions options)
        {
            options.Credentials = TestCredentials.Of(kind.Split(' ')[0], portal);
            options.TimeProvider = clock;
            options.RateLimit = Bitrix24RateLimit.Unlimited;
            options.Retry.MaxAttempts = 3;
        }

        using var services = kind.Contains(' ', StringComparison.Ordinal) ? Services(kind, Configure) : null;
        var bitrix24 = services?.GetRequiredService<IBitrix24Client>() ?? TestClient.On(TestCredentials.Of(kind, portal), Configure);
        if (operation is not ("add" or "batch" or UnlistedMethod or RepeatableMethod))
        {
            await bitrix24.AddCallListAsync(TestClient.Request);
        }

        var runs = 0;
        portal.AddMethod(UnlistedMethod, _ => Interlocked.Increment(ref runs));
        portal.AddMethod(RepeatableMethod, _ => 1);
        var (requestsBefore, listsBefore, silentBefore) = (portal.Requests.Count, portal.CallLists.Count, portal.UnansweredRequestCount);
        portal.FailNext(fault, times);
        var call = Outcome(() => Operations[operation](bitrix24));
        if (fault with { RunsCall = false } == SimulatedFault.NoAnswer)
        {
            await TimeOutAsync(call, portal, silentBefore, clock);
        }

        var outcome = await call;
        portal.StopFailing();

        var lists = portal.CallLists.Count - listsBefore + runs;
        Assert.True(lists <= 1, "The call was executed twice.");
        return FormattableString.Invariant($"{portal.Requests.Count - requestsBefore} requests, {lists} lists, {outcome}");
    }

    private static ServiceProvider Services(string kind, Action<Bitrix24ClientOptions> configure)
    {
        var builder = new ServiceCollection().AddBitrix24Client(configure);
        if (IsHttp2(kind))
        {
            builder.ConfigurePrimaryHttpMessageHandler((handler, _) => Http2Server.Trust(handler));
        }

        return builder.Services.BuildServiceProvider();
    }

    private static bool IsHttp2(string kind) => kind.EndsWith("HTTP/2", StringComparison.Ordinal);

    /// <summary>Lets each attempt time out as soon as the portal has received it and does not respond.</summary>
    private static async Task TimeOutAsync(Task call, SimulatedPortal portal, int seen, SkippingTimeProvider clock)
    {
        while (!call.IsCompleted)
        {
            if (portal.UnansweredRequestCount > seen)
            {
                seen = portal.UnansweredRequestCount;
                clock.ExpireAttempts();
            }

            await Task.WhenAny(call, Task.Run(() => Thread.Yield()));
        }
    }

    private static async Task<string> Outcome(Func<Task> call)
    {
        try
        {
            await call();
            return "done";
        }
        catch (Bitrix24Exception exception)
        {
            return FormattableString.Invariant(
                $"{exception.GetType().Name} {exception.ErrorCode}, {exception.Execution} after {exception.Attempts} attempts"
            );
        }
    }

    /// <summary>Provides a portal for each kind of credentials. Each row creates a client and counts the lists that it adds.</summary>
    private sealed class Portals : IDisposable
    {
        private readonly Dictionary<string, SimulatedPortal> byKind = Kinds.ToDictionary(kind => kind, Start, StringComparer.Ordinal);

        public SimulatedPortal Of(string kind) => byKind[kind];

        public void Dispose()
        {
            foreach (var portal in byKind.Values)
            {
                portal.Dispose();
            }
        }

        private static SimulatedPortal Start(string kind)
        {
            var portal = SimulatedPortal.Start(new SimulatedPortalOptions { Certificate = IsHttp2(kind) ? Http2Server.Certificate : null });
            portal.Contacts.Add(9, 17, 19);
            portal.Webforms.Add(1);
            return portal;
        }
    }
}
