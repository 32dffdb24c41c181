using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
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
    internal const string JsonType = "application/json; charset=utf-8";

    private const string TokenPath = "/oauth/token/";
    private const string FaultHeader = "Simulated-Fault";

    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(10);
    private static readonly IDictionary<string, WireMockList<string>> NoHeaders = new Dictionary<string, WireMockList<string>>(StringComparer.OrdinalIgnoreCase);

    private readonly object sync = new();
    private readonly List<ReceivedRequest> requests = [];
    private readonly Queue<SimulatedFault> faults = new();
    private readonly Queue<SimulatedFault> renewalFaults = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly SimulatedPortalOptions options;
    private readonly PortalMethods methods;
    private readonly ConcurrentDictionary<string, Caller> webhooks = new(StringComparer.Ordinal);
    private readonly AuthorizationServer authorization;
    private readonly CallListMethods callLists;
    private readonly RequestBucket? bucket;
    private readonly WireMockServer server;
    private IHostApplicationLifetime? lifetime;
    private int silent;

    private SimulatedPortal(SimulatedPortalOptions options)
    {
        this.options = options;
        authorization = new AuthorizationServer(options, () => Url!);
        callLists = new CallListMethods(this, options);
        methods = new PortalMethods(options, callLists, new ExecutionTime(options));
        AddWebhook(options.UserId, options.WebhookCode);
        bucket = options.RequestBurst is { } burst ? new RequestBucket(options.TimeProvider, burst, options.RequestsPerSecond) : null;
        server = WireMockServer.Start(new WireMockServerSettings
        {
            Urls = [$"{Scheme}://127.0.0.1:{options.Port ?? 0}"],
            UseHttp2 = options.Certificate is not null,
            CertificateSettings = options.Certificate is { } certificate ? new WireMockCertificateSettings { X509Certificate = certificate } : null,
            Logger = new WireMockNullLogger(),
            MaxRequestLogCount = 0,
            DisableJsonBodyParsing = true,
            PreWireMockMiddlewareInit = application => Prepare((IApplicationBuilder)application),
        });
        server.Given(Request.Create()).RespondWith(Response.Create().WithCallback(message => ToMessage(Receive(message))));
        Url = new Uri($"{Scheme}://127.0.0.1:{server.Port}/");
    }

    /// <summary>Address of the portal.</summary>
    public Uri Url { get; }

    private string Scheme => options.Certificate is null ? "http" : "https";

    /// <summary>Address of its incoming webhook, the secret code included.</summary>
    public string WebhookUrl => UrlOf(options.UserId, options.WebhookCode);

    /// <summary>Where its authorization server issues tokens.</summary>
    public Uri TokenEndpoint => new(Url, TokenPath);

    /// <summary>The access token that it accepts now.</summary>
    public string AccessToken => authorization.AccessToken;

    /// <summary>The refresh token that its authorization server accepts now.</summary>
    public string RefreshToken => authorization.RefreshToken;

    /// <summary>The authorization code that its authorization server accepts once.</summary>
    public string AuthorizationCode => options.AuthorizationCode;

    /// <summary>Id of the OAuth application.</summary>
    public string ClientId => options.ClientId;

    /// <summary>Secret of the OAuth application.</summary>
    public string ClientSecret => options.ClientSecret;

    /// <summary>How often the tokens were renewed.</summary>
    public int TokenRefreshCount => authorization.TokenRefreshCount;

    /// <summary>The contacts that exist. None at first.</summary>
    public SimulatedEntitySet Contacts { get; } = new();

    /// <summary>The companies that exist. None at first.</summary>
    public SimulatedEntitySet Companies { get; } = new();

    /// <summary>The CRM forms that exist. None at first.</summary>
    public SimulatedEntitySet Webforms { get; } = new();

    /// <summary>The call lists made so far, the oldest first.</summary>
    public IReadOnlyList<SimulatedCallList> CallLists => callLists.Made;

    /// <summary>The requests received so far, those to the authorization server included, the oldest first.</summary>
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

    /// <summary>How many requests have got no answer so far, by <see cref="SimulatedFault.NoAnswer"/>: the moment to move a test's clock.</summary>
    public int UnansweredRequestCount => Volatile.Read(ref silent);

    /// <summary>Starts a portal.</summary>
    /// <param name="options">Its settings. Default: a free port and random secrets.</param>
    /// <returns>The portal, ready to answer.</returns>
    public static SimulatedPortal Start(SimulatedPortalOptions? options = null) => new(options ?? new SimulatedPortalOptions());

    /// <summary>Adds an incoming webhook of another user, or another one of the same.</summary>
    /// <param name="userId">Id of the user, at least 1. What the user may read: <see cref="SimulatedEntitySet.DenyRead"/>.</param>
    /// <returns>Address of the webhook, its secret code included.</returns>
    public string AddWebhook(long userId)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(userId, 1);
        return AddWebhook(userId, Guid.NewGuid().ToString("N"));
    }

    /// <summary>Adds a method that this portal does not know, or takes the place of one that it knows.</summary>
    /// <param name="method">Name of the method, for example <c>crm.contact.list</c>. Case does not count.</param>
    /// <param name="answer">Makes the <c>result</c> from the parameters; what JSON can be made of. When it throws, the portal answers <c>INTERNAL_SERVER_ERROR</c> with the message.</param>
    public void AddMethod(string method, Func<JObject, object?> answer)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(method);
        ArgumentNullException.ThrowIfNull(answer);
        if (method.Equals("batch", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException("The portal runs batches itself; add the methods of their commands.", nameof(method));
        }

        methods.Add(method, answer);
    }

    /// <summary>From now on the access token has expired, until it is renewed.</summary>
    public void ExpireAccessToken() => authorization.Expire();

    /// <summary>Lets the next calls go wrong, after those that are to go wrong already.</summary>
    /// <param name="fault">How.</param>
    /// <param name="times">How many, at least 1.</param>
    public void FailNext(SimulatedFault fault, int times = 1) => Plan(faults, fault, times);

    /// <summary>Lets nothing more go wrong.</summary>
    public void StopFailing()
    {
        lock (sync)
        {
            faults.Clear();
            renewalFaults.Clear();
        }
    }

    /// <summary>Lets the next requests to the authorization server go wrong.</summary>
    /// <param name="fault">How. With <see cref="SimulatedFault.RunsCall"/> the old refresh token is used up.</param>
    /// <param name="times">How many, at least 1.</param>
    public void FailNextRenewal(SimulatedFault fault, int times = 1) => Plan(renewalFaults, fault, times);

    /// <summary>Stops the portal. Requests that it has begun to answer are answered, no others.</summary>
    public void Dispose()
    {
        if (stopping.IsCancellationRequested)
        {
            return;
        }

        stopping.Cancel();

        // The server only begins to stop, and would go on to answer on connections that are open.
        server.Stop();
        lifetime?.ApplicationStopped.WaitHandle.WaitOne(LongestStop);
        server.Dispose();
    }

    private string UrlOf(long userId, string code) => $"{Url}rest/{userId}/{code}/";

    private string AddWebhook(long userId, string code)
    {
        var path = $"{userId}/{code}";
        webhooks[path] = new Caller(userId, path);
        return UrlOf(userId, code);
    }

    private void Plan(Queue<SimulatedFault> queue, SimulatedFault fault, int times)
    {
        ArgumentNullException.ThrowIfNull(fault);
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        lock (sync)
        {
            for (var time = 0; time < times; time++)
            {
                queue.Enqueue(fault);
            }
        }
    }

    private void Prepare(IApplicationBuilder application)
    {
        lifetime = application.ApplicationServices.GetRequiredService<IHostApplicationLifetime>();
        application.Use(async (context, next) =>
        {
            context.Response.OnStarting(() => GoWrongAsync(context));
            await next(context).ConfigureAwait(false);
        });
    }

    /// <summary>Breaks a connection, or keeps it waiting, just before the answer would go out.</summary>
    private async Task GoWrongAsync(HttpContext context)
    {
        if (!context.Response.Headers.Remove(FaultHeader, out var fault))
        {
            return;
        }

        if (fault == nameof(FaultKind.Silence))
        {
            var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping.Token);
            using var registration = either.Token.Register(() => ended.TrySetResult());
            Interlocked.Increment(ref silent);
            await ended.Task.ConfigureAwait(false);
        }

        context.Abort();
    }

    private PortalAnswer Receive(IRequestMessage message)
    {
        var start = options.TimeProvider.GetUtcNow();
        var received = new ReceivedRequest(
            message.Method,
            new Uri(message.Url).PathAndQuery,
            (message.Headers ?? NoHeaders).ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase),
            message.Body ?? string.Empty,
            MethodOf(message.Path));
        var isTokenRequest = message.Path == TokenPath;
        SimulatedFault? fault;
        lock (sync)
        {
            if (options.RecordRequests)
            {
                requests.Add(received);
            }

            (isTokenRequest ? renewalFaults : faults).TryDequeue(out fault);
        }

        PortalAnswer Run() => isTokenRequest ? authorization.Issue(received.Body) : Call(received, message.Path, start);
        if (fault is null)
        {
            return Run();
        }

        var answer = fault.RunsCall ? Run() : null;
        return fault.Kind switch
        {
            FaultKind.Truncation => answer! with { Body = answer.Body[..(answer.Body.Length / 2)] },
            FaultKind.Answer => new PortalAnswer((int)fault.Status, fault.Body, fault.ContentType),
            FaultKind.Move => new PortalAnswer((int)fault.Status, string.Empty) { Location = new Uri(fault.Location!, received.PathAndQuery).ToString() },
            FaultKind.Redirect => new PortalAnswer((int)fault.Status, string.Empty) { Location = fault.Location!.OriginalString },
            _ => new PortalAnswer(200, string.Empty) { Fault = fault.Kind },
        };
    }

    private PortalAnswer Call(ReceivedRequest received, string path, DateTimeOffset start)
    {
        if (bucket?.TryAdd() == false)
        {
            return PortalAnswer.Refusal(new PortalError(503, "QUERY_LIMIT_EXCEEDED", "Too many requests"));
        }

        var parameters = Parameters(received);
        if (Authorize(path, parameters, out var caller) is { } unauthorized)
        {
            return PortalAnswer.Refusal(unauthorized);
        }

        parameters.Remove("auth");
        return methods.Call(caller, received.Method, parameters, start) switch
        {
            PortalError error => PortalAnswer.Refusal(error),
            var answer => PortalAnswer.Ok((JObject)answer),
        };
    }

    private PortalError? Authorize(string path, JObject parameters, out Caller caller)
    {
        caller = new Caller(options.UserId, options.ClientId);
        return path.Trim('/').Split('/') switch
        {
            ["rest", var user, var code, _] when webhooks.TryGetValue($"{user}/{code}", out caller!) => null,
            ["rest", _] when parameters["auth"] is JValue { Value: string token } => authorization.Check(token),
            _ => new PortalError(401, "NO_AUTH_FOUND", "Wrong authorization data"),
        };
    }

    private static string MethodOf(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        return name.EndsWith(".json", StringComparison.Ordinal) ? name[..^".json".Length] : name;
    }

    /// <summary>Of the query, and of the body, which counts for more: JSON, or a form.</summary>
    private static JObject Parameters(ReceivedRequest received)
    {
        var parameters = PhpQuery.Decode(new Uri("http://portal" + received.PathAndQuery).Query.TrimStart('?'));
        var isForm = received.Headers.TryGetValue("Content-Type", out var type) && type.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);
        parameters.Merge(isForm ? PhpQuery.Decode(received.Body) : Decode(received.Body), new JsonMergeSettings { MergeArrayHandling = MergeArrayHandling.Replace, MergeNullValueHandling = MergeNullValueHandling.Merge });
        return parameters;
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

    private static ResponseMessage ToMessage(PortalAnswer answer)
    {
        var headers = new Dictionary<string, WireMockList<string>>(StringComparer.OrdinalIgnoreCase) { ["Content-Type"] = new(answer.ContentType) };
        if (answer.Location is not null)
        {
            headers["Location"] = new(answer.Location);
        }

        if (answer.Fault is FaultKind.Reset or FaultKind.Silence)
        {
            headers[FaultHeader] = new(answer.Fault.ToString());
        }

        return new ResponseMessage { StatusCode = answer.Status, Headers = headers, BodyData = new BodyData { DetectedBodyType = BodyType.String, BodyAsString = answer.Body } };
    }
}
