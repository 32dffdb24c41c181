using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Reflection;
using System.Text;
using Bitrix24.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bitrix24.Tests;

/// <summary>Plants secrets and searches for them everywhere except in requests.</summary>
public sealed class SecretsTests
{
    private const string Secret = "Pl4nt3dS3cr3t";

    public static TheoryData<string> Kinds => ["webhook", "token", "function", "oauth"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task No_secret_appears_on_any_path(string kind)
    {
        var shown = new ConcurrentQueue<string>();
        using var listener = Listen(shown);
        using var meters = Measure(shown);
        using var portal = SimulatedPortal.Start(
            new SimulatedPortalOptions
            {
                WebhookCode = Secret,
                AccessToken = Secret,
                RefreshToken = Secret + "Refresh",
                ClientSecret = Secret + "Client",
            }
        );
        portal.Contacts.Add(9);
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new CollectingLoggerProvider(shown)));
        services.AddBitrix24Client(options =>
        {
            (options.Credentials, options.RateLimit) = (Credentials(kind, portal), Bitrix24RateLimit.Unlimited);
            options.Retry.MaxAttempts = 1;
        });
        using var provider = services.BuildServiceProvider();
        var factory = provider.GetRequiredService<IBitrix24ClientFactory>();
        var bitrix24 = provider.GetRequiredService<IBitrix24Client>();
        var request = new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = [9] };

        await bitrix24.AddCallListAsync(request);
        if (kind == "oauth")
        {
            portal.ExpireAccessToken();
            foreach (
                var body in new[]
                {
                    $$"""{"error":"{{Secret}}Refresh","error_description":"{{Secret}}Client"}""",
                    Secret,
                    $$"""{"access_token":"{{Secret}}"}""",
                }
            )
            {
                portal.FailNextRenewal(SimulatedFault.Answer(HttpStatusCode.BadRequest, body));
                bitrix24 = factory.Create(Credentials(kind, portal));
                await Fails(request);
            }
        }

        await Fails(new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = [10] });
        foreach (var (status, body, contentType) in TelltaleAnswers(portal))
        {
            portal.FailNext(SimulatedFault.Answer(status, body, contentType), times: 2);
            await Fails(request);
        }

        await Assert.ThrowsAsync<ArgumentException>(() =>
            bitrix24.AddCallListAsync(new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = [] })
        );
        portal.Dispose();
        await Fails(request);
        shown.Enqueue(bitrix24.ToString()!);
        shown.Enqueue(Rendered(Credentials(kind, portal)));
        shown.Enqueue(
            OAuthOptions(portal.Url.ToString()).ToString()
                + Newtonsoft.Json.JsonConvert.SerializeObject(OAuthOptions(portal.Url.ToString()))
                + new Bitrix24Token { AccessToken = Secret, RefreshToken = Secret }
        );
        shown.Enqueue(Rendered(new Bitrix24ClientOptions { Credentials = Credentials(kind, portal) }));

        Assert.NotEmpty(shown);
        Assert.Contains(portal.Requests, received => (received.PathAndQuery + received.Body).Contains(Secret, StringComparison.Ordinal));
        Assert.All(shown, text => Assert.DoesNotContain(Secret, text, StringComparison.OrdinalIgnoreCase));

        async Task Fails(AddCallListRequest request)
        {
            Collect(await Assert.ThrowsAnyAsync<Bitrix24Exception>(() => bitrix24.AddCallListAsync(request)), shown);
            await foreach (var outcome in bitrix24.AddCallListsAsync([request, request]))
            {
                shown.Enqueue(outcome.ToString());
                Collect(outcome.Exception!, shown);
            }
        }
    }

    [Fact]
    public async Task Secret_cut_off_by_the_length_limit_is_not_shown_in_part()
    {
        var description = new string('x', (16 * 1024) - 5) + Secret;
        using var client = new TestClient(
            StubHandler.Answering(HttpStatusCode.BadRequest, $$"""{"error":"ERROR_ARGUMENT","error_description":"{{description}}"}"""),
            options => options.Credentials = Credentials("token", "https://portal.example/")
        );

        var exception = await Assert.ThrowsAsync<Bitrix24InvalidRequestException>(() =>
            client.Bitrix24.AddCallListAsync(TestClient.Request)
        );

        Assert.DoesNotContain(Secret[..4], exception.ErrorDescription, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secret_cut_off_after_earlier_redactions_is_not_shown_in_part()
    {
        var secret = Secret + new string('9', 60 - Secret.Length);
        var before = string.Concat(Enumerable.Repeat(secret, 300));
        var description = before + new string('x', (32 * 1024) - before.Length - 59) + secret;
        using var client = new TestClient(
            StubHandler.Answering(HttpStatusCode.BadRequest, $$"""{"error":"ERROR_ARGUMENT","error_description":"{{description}}"}"""),
            options => options.Credentials = Bitrix24Credentials.AccessToken("https://portal.example/", secret)
        );

        var exception = await Assert.ThrowsAsync<Bitrix24InvalidRequestException>(() =>
            client.Bitrix24.AddCallListAsync(TestClient.Request)
        );

        Assert.DoesNotContain(Secret[..4], exception.ErrorDescription, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokens_of_an_authorization_are_not_serialized()
    {
        using var portal = SimulatedPortal.Start(new SimulatedPortalOptions { AccessToken = "unused", ClientSecret = Secret });
        var options = TestCredentials.Options(portal, new InMemoryBitrix24TokenStore());

        var authorization = await Bitrix24OAuthClient.Create(options).ExchangeCodeAsync(portal.AuthorizationCode);

        var rendered = authorization + Newtonsoft.Json.JsonConvert.SerializeObject(authorization);
#if !NETSTANDARD_ASSEMBLY
        rendered += System.Text.Json.JsonSerializer.Serialize(authorization);
#endif
        Assert.DoesNotContain(authorization.Token.AccessToken, rendered, StringComparison.Ordinal);
        Assert.DoesNotContain(authorization.Token.RefreshToken, rendered, StringComparison.Ordinal);
    }

    [Fact]
    public async Task User_info_in_an_address_of_the_authorization_server_is_removed()
    {
        using var portal = SimulatedPortal.Start();
        portal.FailNextRenewal(
            SimulatedFault.Answer(
                HttpStatusCode.OK,
                $$"""{"access_token":"a","refresh_token":"r","client_endpoint":"https://svc:{{Secret}}@acme.example/rest/"}"""
            )
        );
        var options = TestCredentials.Options(portal, new InMemoryBitrix24TokenStore());

        var authorization = await Bitrix24OAuthClient.Create(options).ExchangeCodeAsync(portal.AuthorizationCode);

        Assert.Equal("https://acme.example/", authorization.PortalUrl!.ToString());
    }

    [Fact]
    public void Serializers_omit_tokens()
    {
        var token = new Bitrix24Token
        {
            AccessToken = Secret,
            RefreshToken = Secret + "Refresh",
            ExpiresAt = DateTimeOffset.UnixEpoch,
        };
        var store = new InMemoryBitrix24TokenStore(token);
        object[] holders = [token, store, OAuthOptions("https://portal.example/"), new { token, store }];

        var rendered = holders.Select(Newtonsoft.Json.JsonConvert.SerializeObject).ToList();
#if !NETSTANDARD_ASSEMBLY
        rendered.AddRange(holders.Select(holder => System.Text.Json.JsonSerializer.Serialize(holder, holder.GetType())));
#endif

        Assert.Contains("1970-01-01", rendered[0], StringComparison.Ordinal);
        Assert.All(rendered, text => Assert.DoesNotContain(Secret, text, StringComparison.Ordinal));
    }

    /// <summary>A store that serializes a token directly loses its values. Such a token must not look valid.</summary>
    [Fact]
    public async Task Tokens_serialized_without_values_are_rejected_before_sending()
    {
        var token = new Bitrix24Token { AccessToken = Secret, RefreshToken = Secret + "Refresh" };
        var stored = Newtonsoft.Json.JsonConvert.SerializeObject(token);
        var options = OAuthOptions("https://portal.example/");
        options.TokenStore = new InMemoryBitrix24TokenStore(Newtonsoft.Json.JsonConvert.DeserializeObject<Bitrix24Token>(stored));
        var handler = StubHandler.Answering(HttpStatusCode.OK, "{}");
        using var client = new TestClient(handler, client => client.Credentials = Bitrix24Credentials.OAuth(options));

        var call = client.Bitrix24.AddCallListAsync(TestClient.Request);
        var exception = await Assert.ThrowsAsync<Bitrix24AuthenticationException>(() => call);

        Assert.Equal((CallExecution.NotExecuted, 0), (exception.Execution, handler.Requests));
        Assert.Contains("holds a pair without an access token or without a refresh token", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>Responses of a portal that echoes the request.</summary>
    private static (HttpStatusCode Status, string Body, string ContentType)[] TelltaleAnswers(SimulatedPortal portal) =>
        [
            (HttpStatusCode.BadRequest, $$"""{"error":"{{Secret}}","error_description":"{{Secret}}"}""", "application/json"),
            (
                HttpStatusCode.Unauthorized,
                $$"""{"error":"NO_AUTH_FOUND","error_description":"No webhook {{Secret}} of {{portal.WebhookUrl}}"}""",
                "application/json"
            ),
            (HttpStatusCode.InternalServerError, $$"""{"error":["{{Secret}}"]}""", "application/json"),
            (HttpStatusCode.BadGateway, $"<html>{portal.WebhookUrl}</html>", "text/html"),
            (HttpStatusCode.OK, Secret, "text/plain"),
            (HttpStatusCode.OK, $$"""{"result":"{{Secret}}"}""", $"application/{Secret}"),
            (HttpStatusCode.OK, $$"""{"result":11,"{{Secret}}"}""", "application/json"),
            (
                HttpStatusCode.OK,
                $$"""{"result":{"result":{"{{Secret}}":1},"result_error":{"c0":{"error":"{{Secret}}","error_description":"{{portal.WebhookUrl}}"} },"result_time":"{{Secret}}"} }""",
                "application/json"
            ),
        ];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Inner_exceptions_of_handlers_are_kept_only_without_secrets(string kind)
    {
        var credentials = Credentials(kind, "https://portal.example/");

        async Task<Bitrix24TransportException> Thrown(Exception cause)
        {
            using var client = new TestClient(StubHandler.Throwing(cause), options => options.Credentials = credentials);
            return await Assert.ThrowsAsync<Bitrix24TransportException>(() => client.Bitrix24.AddCallListAsync(TestClient.Request));
        }

        var harmless = new HttpRequestException("The proxy refused.");
        var other = new TimeoutException($"POST https://portal.example/rest/1/{Secret}/ timed out.");
        var telltale = new HttpRequestException(
            $"POST https://portal.example/rest/1/{Secret}/ failed.",
            new InvalidOperationException(Secret)
        );

        Assert.Same(harmless, (await Thrown(harmless)).InnerException);
        var exception = await Thrown(telltale);
        Assert.Null(exception.InnerException);
        Assert.DoesNotContain(Secret, exception.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, (await Thrown(other)).ToString(), StringComparison.Ordinal);
        var noted = new HttpRequestException("The proxy refused.", new InvalidOperationException { Data = { ["url"] = Secret } });
        Assert.Null((await Thrown(noted)).InnerException);

        using var cancellation = new CancellationTokenSource();
        using var cancelled = new TestClient(
            new StubHandler(
                (_, _) =>
                {
                    cancellation.Cancel();
                    throw new TaskCanceledException($"POST https://portal.example/rest/1/{Secret}/");
                }
            ),
            options => options.Credentials = credentials
        );
        var cancelledException = await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            cancelled.Bitrix24.AddCallListAsync(TestClient.Request, cancellation.Token)
        );
        Assert.DoesNotContain(Secret, cancelledException.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pooled_buffers_are_cleared_after_a_call()
    {
        using var request = new KeepingStream([]);
        using var response = new KeepingStream(Encoding.UTF8.GetBytes($$"""{"result":11,"other":"{{Secret}}"}"""));
        using var handler = new CopyingHandler(request, response);
        var services = new ServiceCollection();
        services
            .AddBitrix24Client(options => options.Credentials = Credentials("token", "https://portal.example/"))
            .ConfigurePrimaryHttpMessageHandler(() => handler);
        using var provider = services.BuildServiceProvider();

        await provider.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request);

        Assert.Contains("[9,17,19]", request.AtTheTime, StringComparison.Ordinal);
        Assert.DoesNotContain("[9,17,19]", request.Now, StringComparison.Ordinal);
        Assert.Contains(Secret, response.AtTheTime, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, response.Now, StringComparison.Ordinal);
    }

    /// <summary>Copies the request body to one stream and responds with another.</summary>
    private sealed class CopyingHandler(Stream request, Stream response) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken cancellationToken)
        {
            await message.Content!.CopyToAsync(request, cancellationToken);
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(response) };
        }
    }

    /// <summary>Records the buffers that are passed to its read and write methods.</summary>
    private sealed class KeepingStream(byte[] content) : MemoryStream(content, 0, content.Length, writable: false)
    {
        private readonly List<ReadOnlyMemory<byte>> kept = [];
        private readonly StringBuilder atTheTime = new();

        public string AtTheTime => atTheTime.ToString();

        public string Now => string.Concat(kept.Select(memory => Encoding.UTF8.GetString(memory.Span)));

        public override bool CanWrite => true;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await base.ReadAsync(buffer, cancellationToken);
            Keep(buffer[..count]);
            return count;
        }

        public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            await ReadAsync(buffer.AsMemory(offset, count), cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Keep(buffer);
            return default;
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        private void Keep(ReadOnlyMemory<byte> memory)
        {
            kept.Add(memory);
            atTheTime.Append(Encoding.UTF8.GetString(memory.Span));
        }
    }

    [Fact]
    public void Debuggers_do_not_show_fields_with_secrets()
    {
        foreach (var kind in Kinds)
        {
            var shown = new List<string>();
            Expand(Credentials(kind, "https://portal.example/"), shown, []);

            Assert.NotEmpty(shown);
            Assert.All(shown, text => Assert.DoesNotContain(Secret, text, StringComparison.Ordinal));
        }
    }

    /// <summary>Collects what a debugger shows of an object and of all that can be expanded below it.</summary>
    private static void Expand(object? value, List<string> shown, HashSet<object> seen)
    {
        const BindingFlags Members = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        if (value is string text)
        {
            shown.Add(text);
        }
        else if (value is IEnumerable<string> texts)
        {
            shown.AddRange(texts);
        }
        else if (
            value?.GetType() is { } type
            && type.Assembly == typeof(Bitrix24Client).Assembly
            && type != typeof(InMemoryBitrix24TokenStore)
            && seen.Add(value)
        )
        {
            shown.Add(value.ToString() ?? string.Empty);
            var properties = type.GetProperties(Members)
                .Where(IsVisible)
                .Where(property => property.GetIndexParameters().Length == 0)
                .Select(property => property.GetValue(value));
            foreach (var member in properties.Concat(type.GetFields(Members).Where(IsVisible).Select(field => field.GetValue(value))))
            {
                Expand(member, shown, seen);
            }
        }

        static bool IsVisible(MemberInfo member) =>
            member.GetCustomAttribute<DebuggerBrowsableAttribute>()?.State != DebuggerBrowsableState.Never;
    }

    private static Bitrix24Credentials Credentials(string kind, SimulatedPortal portal) => Credentials(kind, portal.Url.ToString());

    private static Bitrix24Credentials Credentials(string kind, string portalUrl) =>
        kind switch
        {
            "webhook" => Bitrix24Credentials.Webhook($"{portalUrl}rest/1/{Secret}/"),
            "token" => Bitrix24Credentials.AccessToken(portalUrl, Secret),
            "function" => Bitrix24Credentials.AccessToken(portalUrl, _ => new ValueTask<string>(Secret)),
            _ => Bitrix24Credentials.OAuth(OAuthOptions(portalUrl)),
        };

    private static Bitrix24OAuthOptions OAuthOptions(string portalUrl) =>
        new()
        {
            PortalUrl = portalUrl,
            ClientId = "app.simulated",
            ClientSecret = Secret + "Client",
            TokenStore = new InMemoryBitrix24TokenStore(new Bitrix24Token { AccessToken = Secret, RefreshToken = Secret + "Refresh" }),
            TokenEndpoint = new Uri(new Uri(portalUrl), "/oauth/token/"),
        };

    private static string Rendered(object value) =>
        value + Newtonsoft.Json.JsonConvert.SerializeObject(value) + System.Text.Json.JsonSerializer.Serialize(value, value.GetType());

    private static void Collect(Exception exception, ConcurrentQueue<string> shown)
    {
        shown.Enqueue(exception.ToString());
        shown.Enqueue(exception.Message);
        foreach (var property in exception.GetType().GetProperties())
        {
            shown.Enqueue(property.GetValue(exception)?.ToString() ?? string.Empty);
        }

        foreach (var value in exception.Data.Values)
        {
            shown.Enqueue(value?.ToString() ?? string.Empty);
        }
    }

    private static MeterListener Measure(ConcurrentQueue<string> shown)
    {
        var listener = new MeterListener { InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument) };
        void Show<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
        {
            if (!instrument.Meter.Name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal))
            {
                shown.Enqueue(instrument.Name + " " + string.Join(" ", tags.ToArray()));
            }
        }

        listener.SetMeasurementEventCallback<double>(Show);
        listener.SetMeasurementEventCallback<long>(Show);
        listener.Start();
        return listener;
    }

    private static ActivityListener Listen(ConcurrentQueue<string> shown)
    {
        // The simulated portal is a server in the same process, and servers trace their requests.
        var listener = new ActivityListener
        {
            ShouldListenTo = source =>
                !source.Name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
                && !source.Name.StartsWith("WireMock", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => shown.Enqueue(activity.DisplayName + " " + string.Join(" ", activity.TagObjects)),
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private sealed class CollectingLoggerProvider(ConcurrentQueue<string> shown) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            shown.Enqueue(state.ToString() ?? string.Empty);
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            var text = new StringBuilder(formatter(state, exception)).Append(exception);
            if (state is IEnumerable<KeyValuePair<string, object?>> values)
            {
                text.AppendJoin(' ', values);
            }

            shown.Enqueue(text.ToString());
        }

        public void Dispose() { }
    }
}
