using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;
using System.Net;
using System.Runtime.CompilerServices;
using Bitrix24.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Bitrix24.Tests;

[Collection(nameof(AloneCollection))]
public sealed class TelemetryTests
{
    [Fact]
    public async Task Calls_make_activities_and_metrics()
    {
        var activities = new ConcurrentQueue<Activity>();
        var measurements = new ConcurrentQueue<string>();
        using var activityListener = Listen(activities);
        using var meterListener = Measure(measurements);
        using var portal = SimulatedPortal.Start();
        portal.Contacts.Add(9, 17, 19);
        portal.Webforms.Add(1);
        var bitrix24 = TestClient.On(
            TestCredentials.Of("oauth", portal),
            options =>
            {
                (options.TimeProvider, options.Retry) = (new SkippingTimeProvider(), new Bitrix24RetryOptions());
                options.RateLimit = Bitrix24RateLimit.Standard;
            }
        );

        portal.ExpireAccessToken();
        portal.FailNext(SimulatedFault.Error(HttpStatusCode.ServiceUnavailable, "QUERY_LIMIT_EXCEEDED"));
        await bitrix24.AddCallListAsync(TestClient.Request);
        await Assert.ThrowsAsync<Bitrix24InvalidRequestException>(() => bitrix24.GetCallListAsync(new GetCallListRequest { Id = 404 }));

        Assert.Equal(
            [
                "crm.calllist.add Client Unset: bitrix24.attempts=3 rpc.method=crm.calllist.add rpc.system=bitrix24 server.address=127.0.0.1 server.port=PORT",
                "crm.calllist.get Client Error: bitrix24.attempts=1 error.type=ListIdError http.response.status_code=400 "
                    + "rpc.method=crm.calllist.get rpc.system=bitrix24 server.address=127.0.0.1 server.port=PORT",
            ],
            activities.Select(activity =>
                $"{activity.DisplayName} {activity.Kind} {activity.Status}: {Tags(activity)}".Replace(
                    $"server.port={portal.Url.Port}",
                    "server.port=PORT",
                    StringComparison.Ordinal
                )
            )
        );
        Assert.Equal(
            [
                "bitrix24.client.call.duration s rpc.method=crm.calllist.add",
                "bitrix24.client.call.duration s rpc.method=crm.calllist.get error.type=ListIdError",
                "bitrix24.client.operating.used s rpc.method=crm.calllist.add",
                "bitrix24.client.portal.duration s rpc.method=crm.calllist.add",
                "bitrix24.client.retries {retry} rpc.method=crm.calllist.add error.type=QueryLimitExceeded",
                "bitrix24.client.token.renewals {renewal} outcome=renewed",
                "bitrix24.client.wait.duration s rpc.method=crm.calllist.add",
                "bitrix24.client.wait.duration s rpc.method=crm.calllist.get",
            ],
            measurements.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Histograms_suggest_buckets()
    {
        var bounds = new Dictionary<string, IReadOnlyList<double>>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == "Bitrix24.Generated" && instrument is Histogram<double> histogram)
                {
                    bounds.Add(histogram.Name, histogram.Advice?.HistogramBucketBoundaries ?? []);
                }
            },
        };
        RuntimeHelpers.RunClassConstructor(typeof(Telemetry).TypeHandle);
        listener.Start();

        Assert.Equal(
            [
                "bitrix24.client.call.duration 0.005 60",
                "bitrix24.client.operating.used 0.1 480",
                "bitrix24.client.portal.duration 0.005 60",
                "bitrix24.client.wait.duration 0.005 600",
            ],
            bounds.Select(histogram => $"{histogram.Key} {Ends(histogram.Value)}").Order(StringComparer.Ordinal)
        );
        Assert.All(bounds.Values, list => Assert.Equal(list.Distinct().Order(), list));

        static string Ends(IReadOnlyList<double> list) =>
            list is [var least, .., var greatest] ? FormattableString.Invariant($"{least} {greatest}") : "none";
    }

    [Fact]
    public async Task Error_type_of_an_unlisted_code_is_the_status_or_the_kind()
    {
        var activities = new ConcurrentQueue<Activity>();
        var measurements = new ConcurrentQueue<string>();
        using var activityListener = Listen(activities);
        using var meterListener = Measure(measurements);
        using var cancellation = new CancellationTokenSource();
        foreach (
            var handler in new[]
            {
                StubHandler.Answering(HttpStatusCode.InternalServerError, """{"error":"BRAND_NEW"}"""),
                StubHandler.Throwing(new HttpRequestException("reset")),
                new StubHandler(
                    (_, token) =>
                    {
                        cancellation.Cancel();
                        throw new OperationCanceledException(token);
                    }
                ),
            }
        )
        {
            using var client = new TestClient(handler);
            await Assert.ThrowsAnyAsync<Exception>(() => client.Bitrix24.AddCallListAsync(TestClient.Request, cancellation.Token));
        }

        const string Call = "rpc.method=crm.calllist.add rpc.system=bitrix24 server.address=portal.example server.port=443";
        Assert.Equal(
            [
                $"bitrix24.attempts=1 error.type=500 http.response.status_code=500 {Call}",
                $"bitrix24.attempts=1 error.type=transport {Call}",
                $"bitrix24.attempts=1 error.type=cancelled {Call}",
            ],
            activities.Select(Tags)
        );
        Assert.Equal(
            ["500", "transport", "cancelled"],
            measurements
                .Where(text => text.StartsWith("bitrix24.client.call.duration", StringComparison.Ordinal))
                .Select(text => text.Split("error.type=")[1])
        );
    }

    [Fact]
    public async Task Failed_refresh_is_measured()
    {
        var measurements = new ConcurrentQueue<string>();
        using var meterListener = Measure(measurements);
        using var portal = SimulatedPortal.Start();
        portal.ExpireAccessToken();
        portal.FailNextRenewal(SimulatedFault.Answer(HttpStatusCode.BadRequest, """{"error":"invalid_grant"}""", "application/json"));

        await Assert.ThrowsAsync<Bitrix24AuthenticationException>(() =>
            TestClient.On(TestCredentials.Of("oauth", portal)).AddCallListAsync(TestClient.Request)
        );

        Assert.Contains("bitrix24.client.token.renewals {renewal} outcome=failed", measurements);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Custom_primary_handler_restores_the_runtimes_activity_by_default(bool propagates)
    {
        var urls = new ConcurrentQueue<string?>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "System.Net.Http",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => urls.Enqueue(activity.GetTagItem("url.full")?.ToString()),
        };
        ActivitySource.AddActivityListener(listener);
        using var portal = SimulatedPortal.Start();
        portal.Contacts.Add(9, 17, 19);
        portal.Webforms.Add(1);
        using var handler = new SocketsHttpHandler { UseProxy = false };
        handler.ActivityHeadersPropagator = propagates ? handler.ActivityHeadersPropagator : null;
        var services = new ServiceCollection();
        services
            .AddBitrix24Client(options => options.Credentials = Bitrix24Credentials.Webhook(portal.WebhookUrl))
            .ConfigurePrimaryHttpMessageHandler(() => handler);
        using var provider = services.BuildServiceProvider();

        await provider.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request);

        Assert.Equal(propagates, urls.Contains(portal.WebhookUrl + "crm.calllist.add"));
        Assert.Equal(propagates, !urls.IsEmpty);
    }

    [Fact]
    public async Task Event_source_of_the_runtime_contains_the_path_but_no_access_token()
    {
        using var portal = SimulatedPortal.Start();
        portal.Contacts.Add(9, 17, 19);
        portal.Webforms.Add(1);
        using var listener = new HttpEvents();

        await TestClient.On(TestCredentials.Of("token", portal)).AddCallListAsync(TestClient.Request);
        Assert.Contains("/rest/crm.calllist.add", listener.Texts);
        Assert.All(listener.Texts, text => Assert.DoesNotContain(portal.AccessToken, text, StringComparison.Ordinal));

        await TestClient.On(portal.WebhookUrl).AddCallListAsync(TestClient.Request);
        Assert.Contains(new Uri(portal.WebhookUrl).AbsolutePath + "crm.calllist.add", listener.Texts);
    }

    private static string Tags(Activity activity) =>
        string.Join(" ", activity.TagObjects.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"{tag.Key}={tag.Value}"));

    private static ActivityListener Listen(ConcurrentQueue<Activity> activities)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Bitrix24.Generated",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activities.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static MeterListener Measure(ConcurrentQueue<string> measurements)
    {
        var listener = ClientMeter.NewListener();
        void Record<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state) =>
            measurements.Enqueue(
                $"{instrument.Name} {instrument.Unit} {string.Join(" ", tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))}"
            );
        listener.SetMeasurementEventCallback<double>(Record);
        listener.SetMeasurementEventCallback<long>(Record);
        listener.Start();
        return listener;
    }

    /// <summary>Records the events of the runtime about requests.</summary>
    private sealed class HttpEvents : EventListener
    {
        private readonly ConcurrentQueue<string> texts = new();

        public IReadOnlyCollection<string> Texts => texts;

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "System.Net.Http")
            {
                EnableEvents(eventSource, EventLevel.LogAlways);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            foreach (var text in eventData.Payload?.OfType<string>() ?? [])
            {
                texts.Enqueue(text);
            }
        }
    }

    [Fact]
    public async Task Loopback_does_not_go_through_a_proxy()
    {
        var before = HttpClient.DefaultProxy;
        HttpClient.DefaultProxy = new WebProxy("http://127.0.0.1:9", BypassOnLocal: false);
        try
        {
            using var portal = SimulatedPortal.Start();
            portal.Contacts.Add(9, 17, 19);
            portal.Webforms.Add(1);

            await TestClient.On(portal.WebhookUrl).AddCallListAsync(TestClient.Request);

            Assert.Single(portal.CallLists);
        }
        finally
        {
            HttpClient.DefaultProxy = before;
        }
    }
}
