using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
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
/// Represents a simulated Bitrix24 portal on 127.0.0.1. It has a webhook, an access token, the checks of a real portal in the same
/// order, and the <c>time</c> block.
/// </summary>
/// <remarks>This type is thread-safe. Its data is lost on disposal.</remarks>
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

    private static readonly TimeSpan MaxStopTime = TimeSpan.FromSeconds(10);
    private static readonly IDictionary<string, WireMockList<string>> NoHeaders =
        new Dictionary<string, WireMockList<string>>(StringComparer.OrdinalIgnoreCase);

    private readonly object sync = new();
    private readonly List<ReceivedRequest> requests = [];
    private readonly Queue<SimulatedFault> faults = new();
    private readonly Queue<SimulatedFault> refreshFaults = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly SimulatedPortalOptions options;
    private readonly PortalMethods methods;
    private readonly ConcurrentDictionary<string, Caller> webhooks = new(StringComparer.Ordinal);
    private readonly AuthorizationServer authorization;
    private readonly CallListMethods callLists;
    private readonly RequestBucket? bucket;
    private readonly WireMockServer server;
    private IHostApplicationLifetime? lifetime;
    private int unansweredRequestCount;

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
            CertificateSettings = options.Certificate is { } certificate
                ? new WireMockCertificateSettings { X509Certificate = certificate }
                : null,
            Logger = new WireMockNullLogger(),
            MaxRequestLogCount = 0,
            DisableJsonBodyParsing = true,
            PreWireMockMiddlewareInit = application => Prepare((IApplicationBuilder)application),
        });
        server.Given(Request.Create()).RespondWith(Response.Create().WithCallback(AnswerAsync));
        Url = new Uri($"{Scheme}://127.0.0.1:{server.Port}/");
    }

    /// <summary>Gets the address of the portal.</summary>
    public Uri Url { get; }

    private string Scheme => options.Certificate is null ? "http" : "https";

    /// <summary>Gets the address of the incoming webhook, including its secret code.</summary>
    public string WebhookUrl => UrlOf(options.UserId, options.WebhookCode);

    /// <summary>Gets the address where the authorization server issues tokens.</summary>
    public Uri TokenEndpoint => new(Url, TokenPath);

    /// <summary>Gets the current access token.</summary>
    public string AccessToken => authorization.AccessToken;

    /// <summary>Gets the current refresh token.</summary>
    public string RefreshToken => authorization.RefreshToken;

    /// <summary>Gets the authorization code that the authorization server accepts once.</summary>
    public string AuthorizationCode => options.AuthorizationCode;

    /// <summary>Gets the client id of the OAuth application.</summary>
    public string ClientId => options.ClientId;

    /// <summary>Gets the client secret of the OAuth application.</summary>
    public string ClientSecret => options.ClientSecret;

    /// <summary>Gets the number of token refreshes.</summary>
    public int TokenRefreshCount => authorization.TokenRefreshCount;

    /// <summary>Gets the contacts that exist. Empty at first.</summary>
    public SimulatedEntitySet Contacts { get; } = new();

    /// <summary>Gets the companies that exist. Empty at first.</summary>
    public SimulatedEntitySet Companies { get; } = new();

    /// <summary>Gets the webforms that exist. Empty at first.</summary>
    public SimulatedEntitySet Webforms { get; } = new();

    /// <summary>Gets the call lists that were created so far, the oldest first.</summary>
    public IReadOnlyList<SimulatedCallList> CallLists => callLists.Created;

    /// <summary>Gets the requests that were received so far, including those to the authorization server, the oldest first.</summary>
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

    /// <summary>
    /// Gets the number of requests that got no response because of <see cref="SimulatedFault.NoAnswer"/>. A test can advance its clock when
    /// this number increases.
    /// </summary>
    public int UnansweredRequestCount => Volatile.Read(ref unansweredRequestCount);

    /// <summary>Starts a portal.</summary>
    /// <param name="options">The options. Default: a free port and random secrets.</param>
    /// <returns>The running portal.</returns>
    public static SimulatedPortal Start(SimulatedPortalOptions? options = null) => new(options ?? new SimulatedPortalOptions());

    /// <summary>Adds an incoming webhook.</summary>
    /// <param name="userId">
    /// The id of its user, at least 1. <see cref="SimulatedEntitySet.DenyRead"/> restricts what the user may read.
    /// </param>
    /// <returns>The address of the webhook, including its secret code.</returns>
    public string AddWebhook(long userId)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(userId, 1);
        return AddWebhook(userId, Guid.NewGuid().ToString("N"));
    }

    /// <summary>Adds a method, or replaces an existing one.</summary>
    /// <param name="method">The name of the method, for example <c>crm.contact.list</c>. Case-insensitive.</param>
    /// <param name="answer">
    /// Returns the <c>result</c> for the parameters, as a value that can be converted to JSON, or a <see cref="SimulatedResponse"/>. If it
    /// throws, the portal returns <c>INTERNAL_SERVER_ERROR</c> with the message of the exception.
    /// </param>
    public void AddMethod(string method, Func<JObject, object?> answer)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(method);
        ArgumentNullException.ThrowIfNull(answer);
        if (method.Equals("batch", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException("The method 'batch' cannot be replaced. Add the methods of its commands instead.", nameof(method));
        }

        methods.Add(method, answer);
    }

    /// <summary>Lets the access token expire. The portal rejects it with <c>expired_token</c>.</summary>
    public void ExpireAccessToken() => authorization.Expire();

    /// <summary>Lets the next calls fail, after the failures that were set before.</summary>
    /// <param name="fault">The failure.</param>
    /// <param name="times">The number of requests that fail, at least 1.</param>
    public void FailNext(SimulatedFault fault, int times = 1) => Plan(faults, fault, times);

    /// <summary>Removes all pending failures.</summary>
    public void StopFailing()
    {
        lock (sync)
        {
            faults.Clear();
            refreshFaults.Clear();
        }
    }

    /// <summary>Lets the next requests to the authorization server fail.</summary>
    /// <param name="fault">The failure. With <see cref="SimulatedFault.RunsCall"/>, the old refresh token is replaced.</param>
    /// <param name="times">The number of requests that fail, at least 1.</param>
    public void FailNextRenewal(SimulatedFault fault, int times = 1) => Plan(refreshFaults, fault, times);

    /// <summary>Stops the portal. Only responses that have started are completed.</summary>
    public void Dispose()
    {
        if (stopping.IsCancellationRequested)
        {
            return;
        }

        stopping.Cancel();

        // Stop() only starts to stop the server, which would still respond on open connections.
        server.Stop();
        lifetime?.ApplicationStopped.WaitHandle.WaitOne(MaxStopTime);
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
            context.Response.OnStarting(() => ApplyFaultAsync(context));
            await next(context).ConfigureAwait(false);
        });
    }

    /// <summary>Breaks a connection, or keeps it open without a response, before the response is sent.</summary>
    private async Task ApplyFaultAsync(HttpContext context)
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
            Interlocked.Increment(ref unansweredRequestCount);
            await ended.Task.ConfigureAwait(false);
        }

        context.Abort();
    }

    private async Task<IResponseMessage> AnswerAsync(IRequestMessage message)
    {
        try
        {
            return ToMessage(await ReceiveAsync(message).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return ToMessage(new PortalResponse(200, string.Empty) { Fault = FaultKind.Reset });
        }
    }

    private async Task<PortalResponse> ReceiveAsync(IRequestMessage message)
    {
        var start = options.TimeProvider.GetUtcNow();
        var received = new ReceivedRequest(
            message.Method,
            new Uri(message.Url).PathAndQuery,
            (message.Headers ?? NoHeaders).ToDictionary(
                header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase),
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

            (isTokenRequest ? refreshFaults : faults).TryDequeue(out fault);
        }

        async Task<PortalResponse> RunAsync() => isTokenRequest
            ? authorization.Issue(received.Body)
            : await CallAsync(received, message, start).ConfigureAwait(false);
        if (fault is null)
        {
            return await RunAsync().ConfigureAwait(false);
        }

        var answer = fault.RunsCall ? await RunAsync().ConfigureAwait(false) : null;
        return fault.Kind switch
        {
            FaultKind.Truncation => answer! with { Body = answer.Body[..(answer.Body.Length / 2)] },
            FaultKind.Answer => new PortalResponse((int)fault.Status, fault.Body, fault.ContentType),
            FaultKind.Move => Redirect(fault, new Uri(fault.Location!, received.PathAndQuery).ToString()),
            FaultKind.Redirect => Redirect(fault, fault.Location!.OriginalString),
            _ => new PortalResponse(200, string.Empty) { Fault = fault.Kind },
        };
    }

    private static PortalResponse Redirect(SimulatedFault fault, string location) =>
        new((int)fault.Status, string.Empty) { Location = location };

    private async Task<PortalResponse> CallAsync(ReceivedRequest received, IRequestMessage message, DateTimeOffset start)
    {
        if (bucket?.TryAdd() == false)
        {
            return PortalResponse.Rejection(new PortalError(503, "QUERY_LIMIT_EXCEEDED", "Too many requests"));
        }

        var parameters = await RequestParameters.ReadAsync(received, message.BodyAsBytes).ConfigureAwait(false);
        if (Authorize(message.Path, parameters, out var caller) is { } unauthorized)
        {
            return PortalResponse.Rejection(unauthorized);
        }

        parameters.Remove("auth");
        return await methods.CallAsync(caller, received.Method, parameters, start, stopping.Token).ConfigureAwait(false) switch
        {
            PortalError error => PortalResponse.Rejection(error),
            var answer => PortalResponse.Ok((JObject)answer),
        };
    }

    private PortalError? Authorize(string path, JObject parameters, out Caller caller)
    {
        caller = new Caller(options.UserId, options.ClientId);
        return path.Split('/', StringSplitOptions.RemoveEmptyEntries) switch
        {
            ["rest", var user, var code, _] when webhooks.TryGetValue($"{user}/{code}", out caller!) => null,
            ["rest", _] when parameters["auth"] is JValue { Value: string token } => authorization.Check(token),
            _ => new PortalError(401, "NO_AUTH_FOUND", "Wrong authorization data"),
        };
    }

    private static string MethodOf(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        return name.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? name[..^".json".Length] : name;
    }

    private static ResponseMessage ToMessage(PortalResponse answer)
    {
        var headers = new Dictionary<string, WireMockList<string>>(StringComparer.OrdinalIgnoreCase)
        {
            ["Content-Type"] = new(answer.ContentType),
        };
        if (answer.Location is not null)
        {
            headers["Location"] = new(answer.Location);
        }

        if (answer.Fault is FaultKind.Reset or FaultKind.Silence)
        {
            headers[FaultHeader] = new(answer.Fault.ToString());
        }

        var body = new BodyData { DetectedBodyType = BodyType.String, BodyAsString = answer.Body };
        return new ResponseMessage { StatusCode = answer.Status, Headers = headers, BodyData = body };
    }
}
