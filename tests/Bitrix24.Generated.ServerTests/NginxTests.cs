using Bitrix24.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Bitrix24.Tests;

/// <summary>Tests nginx between a client and a portal: closed connections, request limits and its own pages.</summary>
public sealed class NginxTests : IDisposable
{
    private readonly SimulatedPortal portal = SimulatedPortal.Start();

    public NginxTests()
    {
        portal.Contacts.Add(9, 17, 19);
        portal.Webforms.Add(1);
    }

    public void Dispose() => portal.Dispose();

    [Fact]
    public async Task Calls_are_executed_once_if_nginx_closes_connections()
    {
        using var nginx = new NginxServer(portal.Url, "keepalive_requests 20;");
        await using var services = nginx.Services(portal.WebhookUrl);
        var bitrix24 = services.GetRequiredService<IBitrix24Client>();

        for (var round = 0; round < 3; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => bitrix24.AddCallListAsync(TestClient.Request)));
        }

        Assert.Equal(600, portal.CallLists.Count);
    }

    [Fact]
    public async Task Calls_during_reloads_of_nginx_are_executed_once()
    {
        using var nginx = new NginxServer(portal.Url);
        await using var services = nginx.Services(portal.WebhookUrl);
        var bitrix24 = services.GetRequiredService<IBitrix24Client>();

        for (var round = 0; round < 5; round++)
        {
            var calls = Enumerable.Range(0, 40).Select(_ => bitrix24.AddCallListAsync(TestClient.Request)).ToList();
            nginx.Reload();
            await Task.WhenAll(calls);
        }

        Assert.Equal(200, portal.CallLists.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("limit_req_status 429;")]
    public async Task Request_limit_of_nginx_is_a_rate_limit(string status)
    {
        using var nginx = new NginxServer(portal.Url, "limit_req_zone all zone=all:1m rate=2r/s;", $"limit_req zone=all; {status}");
        await using var once = nginx.Services(portal.WebhookUrl, options => options.Retry.MaxAttempts = 1);
        await using var patient = nginx.Services(
            portal.WebhookUrl,
            options => (options.Retry.MaxAttempts, options.Retry.BaseDelay) = (100, TimeSpan.FromMilliseconds(20))
        );

        var refused = 0;
        await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(async _ =>
                {
                    try
                    {
                        await once.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request);
                    }
                    catch (Bitrix24RateLimitException exception)
                    {
                        Assert.Equal(
                            (CallExecution.NotExecuted, status.Length == 0 ? 503 : 429),
                            (exception.Execution, (int)exception.StatusCode!)
                        );
                        Interlocked.Increment(ref refused);
                    }
                })
        );
        Assert.Equal((20 - portal.CallLists.Count, true), (refused, refused > 0));

        var created = portal.CallLists.Count;
        await patient.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request);
        Assert.Equal(created + 1, portal.CallLists.Count);
    }

    [Fact]
    public async Task Body_too_large_for_nginx_has_a_clear_message()
    {
        using var nginx = new NginxServer(portal.Url, "client_max_body_size 1k;");
        await using var services = nginx.Services(portal.WebhookUrl);

        var exception = await Assert.ThrowsAsync<Bitrix24InvalidRequestException>(() =>
            services
                .GetRequiredService<IBitrix24Client>()
                .AddCallListAsync(
                    new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = [.. Enumerable.Range(1, 5000)] }
                )
        );

        Assert.Equal((CallExecution.NotExecuted, 413), (exception.Execution, (int)exception.StatusCode!));
    }

    [Fact]
    public async Task Unreachable_server_behind_nginx_is_unknown()
    {
        using var nginx = new NginxServer(portal.Url);
        await using var services = nginx.Services(portal.WebhookUrl, options => options.Retry.MaxAttempts = 1);
        portal.FailNext(SimulatedFault.ConnectionReset with { RunsCall = true });

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() =>
            services.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request)
        );

        Assert.Equal((CallExecution.Unknown, 502), (exception.Execution, (int)exception.StatusCode!));
        Assert.Single(portal.CallLists);
    }
}
