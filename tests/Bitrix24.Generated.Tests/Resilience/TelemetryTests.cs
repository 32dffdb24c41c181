using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
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
        using var activityListener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Bitrix24.Generated",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activities.Enqueue,
        };
        ActivitySource.AddActivityListener(activityListener);
        using var meterListener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Bitrix24.Generated")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        void Record<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state) =>
            measurements.Enqueue($"{instrument.Name} {instrument.Unit} {string.Join(" ", tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))}");
        meterListener.SetMeasurementEventCallback<double>(Record);
        meterListener.SetMeasurementEventCallback<long>(Record);
        meterListener.Start();
        using var portal = SimulatedPortal.Start();
        portal.Contacts.Add(9, 17, 19);
        portal.Webforms.Add(1);
        var bitrix24 = TestClient.On(TestCredentials.Of("oauth", portal), options =>
        {
            (options.TimeProvider, options.Retry) = (new SkippingTimeProvider(), new Bitrix24RetryOptions());
            options.RateLimit = Bitrix24RateLimit.Standard;
        });

        portal.ExpireAccessToken();
        portal.FailNext(SimulatedFault.Error(HttpStatusCode.ServiceUnavailable, "QUERY_LIMIT_EXCEEDED"));
        await bitrix24.AddCallListAsync(TestClient.Request);
        await Assert.ThrowsAsync<Bitrix24InvalidRequestException>(() => bitrix24.GetCallListAsync(new GetCallListRequest { Id = 404 }));

        Assert.Equal(
            [
                "crm.calllist.add Client Unset: bitrix24.attempts=3 rpc.method=crm.calllist.add rpc.system=bitrix24 server.address=127.0.0.1",
                "crm.calllist.get Client Error: bitrix24.attempts=1 error.type=ListIdError http.response.status_code=400 rpc.method=crm.calllist.get rpc.system=bitrix24 server.address=127.0.0.1",
            ],
            activities.Select(activity => $"{activity.DisplayName} {activity.Kind} {activity.Status}: {string.Join(" ", activity.TagObjects.Where(tag => tag.Key != "server.port").OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"{tag.Key}={tag.Value}"))}"));
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
            measurements.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Primary_handler_of_the_application_brings_the_runtimes_activity_with_the_url_back_unless_told_not_to(bool propagates)
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
        services.AddBitrix24Client(options => options.Credentials = Bitrix24Credentials.Webhook(portal.WebhookUrl)).ConfigurePrimaryHttpMessageHandler(() => handler);
        using var provider = services.BuildServiceProvider();

        await provider.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request);

        Assert.Equal(propagates, urls.Contains(portal.WebhookUrl + "crm.calllist.add"));
        Assert.Equal(propagates, !urls.IsEmpty);
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
