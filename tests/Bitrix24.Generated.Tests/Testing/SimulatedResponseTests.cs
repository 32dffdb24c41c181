using System.Net;
using Bitrix24.Testing;
using Microsoft.Extensions.Time.Testing;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Tests;

public sealed class SimulatedResponseTests
{
    [Fact]
    public async Task Result_has_total_and_next_alone_and_in_a_batch()
    {
        using var portal = SimulatedPortal.Start();
        portal.AddMethod("x.list", _ => new SimulatedResponse { Result = new[] { 1, 2 }, Total = 70, Next = 50 });
        var bitrix24 = TestClient.On(portal.WebhookUrl);

        var alone = await bitrix24.CallAsync<int[]>("x.list");
        var batch = await bitrix24.CallAsync<JObject>("batch", new { cmd = new { a = "x.list", b = "app.info" } });

        Assert.Equal([1, 2], alone.Result);
        Assert.Equal((70, 50), (alone.Total, alone.Next));
        Assert.Equal("""{"a":70}""", batch.Result["result_total"]!.ToString(Formatting.None));
        Assert.Equal("""{"a":50}""", batch.Result["result_next"]!.ToString(Formatting.None));
    }

    [Fact]
    public async Task Error_has_its_status_alone_and_fails_one_command_of_a_batch()
    {
        using var portal = SimulatedPortal.Start();
        portal.AddMethod("x.get", _ => SimulatedResponse.Error(HttpStatusCode.NotFound, "ERROR_NOT_FOUND", "Not found"));
        portal.AddMethod("y.get", _ => 1);
        var bitrix24 = TestClient.On(portal.WebhookUrl);

        var exception = await Assert.ThrowsAnyAsync<Bitrix24Exception>(() => bitrix24.CallAsync<int>("x.get"));
        var outcomes = await bitrix24.CallManyAsync<int>([new BatchCall("x.get"), new BatchCall("y.get")]).ToListAsync();

        Assert.Equal(
            (HttpStatusCode.NotFound, "ERROR_NOT_FOUND", "Not found"),
            (exception.StatusCode, exception.RawErrorCode, exception.ErrorDescription));
        Assert.Equal("ERROR_NOT_FOUND", outcomes[0].Exception!.RawErrorCode);
        Assert.Equal(1, outcomes[1].Result);
    }

    [Fact]
    public async Task Delay_passes_on_the_portals_clock()
    {
        using var clock = new ObservedTimeProvider();
        using var portal = SimulatedPortal.Start(new SimulatedPortalOptions { TimeProvider = clock });
        portal.AddMethod("slow", _ => new SimulatedResponse { Result = 1, Delay = TimeSpan.FromMinutes(1) });
        var bitrix24 = TestClient.On(portal.WebhookUrl);

        var slow = bitrix24.CallAsync<int>("slow");
        Assert.True(await clock.TimerCreated.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(1, (await bitrix24.CallAsync<JObject>("app.info")).Result["ID"]);
        Assert.False(slow.IsCompleted);
        clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(TimeSpan.FromMinutes(1), (await slow).Time!.Processing);
    }

    [Fact]
    public async Task Portal_stops_while_a_response_is_delayed()
    {
        using var clock = new ObservedTimeProvider();
        var portal = SimulatedPortal.Start(new SimulatedPortalOptions { TimeProvider = clock });
        portal.AddMethod("slow", _ => new SimulatedResponse { Result = 1, Delay = TimeSpan.FromDays(1) });
        var slow = TestClient.On(portal.WebhookUrl).CallAsync<int>("slow");
        Assert.True(await clock.TimerCreated.WaitAsync(TimeSpan.FromSeconds(30)));

        portal.Dispose();

        Assert.Equal(CallExecution.Unknown, (await Assert.ThrowsAsync<Bitrix24TransportException>(() => slow)).Execution);
    }

    [Fact]
    public async Task Result_that_cannot_be_converted_to_json_is_an_error_of_the_portal()
    {
        using var portal = SimulatedPortal.Start();
        portal.AddMethod("x", _ => new Unreadable());

        using var http = new HttpClient();
        using var response = await http.PostAsync(new Uri(portal.WebhookUrl + "x"), content: null);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains("\"INTERNAL_SERVER_ERROR\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private sealed class Unreadable
    {
        private readonly string reason = "unreadable";

        public int Value => throw new InvalidOperationException(reason);
    }

    private sealed class ObservedTimeProvider : FakeTimeProvider, IDisposable
    {
        public SemaphoreSlim TimerCreated { get; } = new(0);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            TimerCreated.Release();
            return timer;
        }

        public void Dispose() => TimerCreated.Dispose();
    }
}
