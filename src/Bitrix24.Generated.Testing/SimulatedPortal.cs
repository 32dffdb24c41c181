using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using WireMock;
using WireMock.Logging;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;
using WireMock.Settings;
using WireMock.Types;
using WireMock.Util;

namespace Bitrix24.Testing;

/// <summary>
/// A Bitrix24 portal on 127.0.0.1 that answers as a real one does: webhook and access token, the checks of each method in the
/// portal's order, and the <c>time</c> block.
/// </summary>
/// <remarks>Safe for use by several threads. Nothing is kept beyond disposal.</remarks>
/// <example>
/// <code>
/// using var portal = SimulatedPortal.Start();
/// portal.Contacts.Add(9, 17, 19);
///
/// var bitrix24 = Bitrix24Client.Create(portal.WebhookUrl);
/// await bitrix24.AddCallListAsync(new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = [9, 17] });
///
/// Assert.Equal([9, 17], Assert.Single(portal.CallLists).Entities);
/// </code>
/// </example>
public sealed class SimulatedPortal : IDisposable
{
    private static readonly IDictionary<string, WireMockList<string>> NoHeaders = new Dictionary<string, WireMockList<string>>(StringComparer.OrdinalIgnoreCase);

    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(10);

    private readonly object sync = new();
    private readonly List<ReceivedRequest> requests = [];
    private readonly Queue<PlannedAnswer> planned = new();
    private readonly SimulatedPortalOptions options;
    private readonly ExecutionTime executionTime;
    private readonly CallListMethods callLists;
    private readonly WireMockServer server;
    private IHostApplicationLifetime? lifetime;
    private bool accessTokenExpired;

    private SimulatedPortal(SimulatedPortalOptions options)
    {
        this.options = options;
        executionTime = new ExecutionTime(options.TimeProvider, options.UtcOffset);
        callLists = new CallListMethods(this);
        server = WireMockServer.Start(new WireMockServerSettings
        {
            Urls = [$"http://127.0.0.1:{options.Port ?? 0}"],
            Logger = new WireMockNullLogger(),
            MaxRequestLogCount = 0,
            DisableJsonBodyParsing = true,
            PostWireMockMiddlewareInit = application => lifetime = ((IApplicationBuilder)application).ApplicationServices.GetRequiredService<IHostApplicationLifetime>(),
        });
        server.Given(Request.Create()).RespondWith(Response.Create().WithCallback(Answer));
        Url = new Uri(server.Urls[0] + "/");
    }

    /// <summary>Address of the portal.</summary>
    public Uri Url { get; }

    /// <summary>Address of its incoming webhook, the secret code included.</summary>
    public string WebhookUrl => $"{Url}rest/{options.UserId}/{options.WebhookCode}/";

    /// <summary>The access token that it accepts.</summary>
    public string AccessToken => options.AccessToken;

    /// <summary>The contacts that exist. None at first.</summary>
    public SimulatedEntitySet Contacts { get; } = new();

    /// <summary>The companies that exist. None at first.</summary>
    public SimulatedEntitySet Companies { get; } = new();

    /// <summary>The CRM forms that exist. None at first.</summary>
    public SimulatedEntitySet Webforms { get; } = new();

    /// <summary>The call lists made so far, the oldest first.</summary>
    public IReadOnlyList<SimulatedCallList> CallLists => callLists.Made;

    /// <summary>The requests received so far, the oldest first.</summary>
    public IReadOnlyList<ReceivedRequest> Requests
    {
        get
        {
            lock (sync)
            {
                return requests.ToArray();
            }
        }
    }

    /// <summary>Starts a portal.</summary>
    /// <param name="options">Its settings. Default: a free port and random secrets.</param>
    /// <returns>The portal, ready to answer.</returns>
    public static SimulatedPortal Start(SimulatedPortalOptions? options = null) => new(options ?? new SimulatedPortalOptions());

    /// <summary>From now on the access token has expired.</summary>
    public void ExpireAccessToken()
    {
        lock (sync)
        {
            accessTokenExpired = true;
        }
    }

    /// <summary>Answers the next request that no other planned answer is for with this, and does nothing of what it asks.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="body">The body.</param>
    /// <param name="contentType">Its content type.</param>
    public void AnswerNext(HttpStatusCode status, string body, string contentType = "application/json; charset=utf-8")
    {
        lock (sync)
        {
            planned.Enqueue(new PlannedAnswer(status, body, contentType));
        }
    }

    /// <summary>Stops the portal. Requests that it has begun to answer are answered, no others.</summary>
    public void Dispose()
    {
        // The server only begins to stop, and would go on to answer on connections that are open.
        server.Stop();
        lifetime?.ApplicationStopped.WaitHandle.WaitOne(LongestStop);
        server.Dispose();
    }

    private ResponseMessage Answer(IRequestMessage message)
    {
        var start = options.TimeProvider.GetUtcNow();
        var received = new ReceivedRequest(
            message.Method,
            new Uri(message.Url).PathAndQuery,
            (message.Headers ?? NoHeaders).ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase),
            message.Body ?? string.Empty,
            MethodOf(message.Path));
        lock (sync)
        {
            requests.Add(received);
            if (planned.Count > 0)
            {
                var answer = planned.Dequeue();
                return Respond((int)answer.Status, answer.Body, answer.ContentType);
            }
        }

        var parameters = Decode(received.Body);
        if (Unauthorized(message.Path, parameters) is { } unauthorized)
        {
            return Refuse(unauthorized);
        }

        var processingStart = options.TimeProvider.GetUtcNow();
        var outcome = received.Method switch
        {
            "crm.calllist.add" => callLists.Add(parameters),
            _ => new PortalError(404, "ERROR_METHOD_NOT_FOUND", "Method not found!"),
        };
        return outcome switch
        {
            PortalError error => Refuse(error),
            var result => Respond(200, Text(new JObject { ["result"] = JToken.FromObject(result), ["time"] = executionTime.Block(received.Method, start, processingStart) })),
        };
    }

    private PortalError? Unauthorized(string path, JObject parameters)
    {
        var segments = path.Trim('/').Split('/');
        switch (segments)
        {
            case ["rest", var user, var code, _]:
                return user == options.UserId.ToString(System.Globalization.CultureInfo.InvariantCulture) && code == options.WebhookCode ? null : WrongAuthorization();
            case ["rest", _] when parameters["auth"] is JValue { Value: string token } && token == options.AccessToken:
                lock (sync)
                {
                    return accessTokenExpired ? new PortalError(401, "expired_token", "The access token provided has expired") : null;
                }

            default:
                return WrongAuthorization();
        }
    }

    private static PortalError WrongAuthorization() => new(401, "NO_AUTH_FOUND", "Wrong authorization data");

    private static string MethodOf(string path)
    {
        var name = path.Substring(path.LastIndexOf('/') + 1);
        return name.EndsWith(".json", StringComparison.Ordinal) ? name.Substring(0, name.Length - ".json".Length) : name;
    }

    /// <summary>What cannot be decoded counts as an empty request.</summary>
    private static JObject Decode(string body)
    {
        try
        {
            using var json = new JsonTextReader(new StringReader(body)) { DateParseHandling = DateParseHandling.None };
            return JToken.Load(json) as JObject ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static ResponseMessage Refuse(PortalError error) =>
        Respond(error.Status, Text(new JObject { ["error"] = error.Code, ["error_description"] = error.Description }));

    private static string Text(JObject answer) => answer.ToString(Formatting.None);

    private static ResponseMessage Respond(int status, string body, string contentType = "application/json; charset=utf-8") => new()
    {
        StatusCode = status,
        Headers = new Dictionary<string, WireMockList<string>>(StringComparer.OrdinalIgnoreCase) { ["Content-Type"] = new(contentType) },
        BodyData = new BodyData { DetectedBodyType = BodyType.String, BodyAsString = body },
    };

    private sealed record PlannedAnswer(HttpStatusCode Status, string Body, string ContentType);
}
