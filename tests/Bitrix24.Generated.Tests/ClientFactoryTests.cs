using System.Net;
using System.Runtime.CompilerServices;
using Bitrix24.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Bitrix24.Tests;

public sealed class ClientFactoryTests
{
    [Fact]
    public async Task Clients_for_many_portals_share_connections_and_settings()
    {
        using var one = NewPortal();
        using var other = NewPortal();
        using var services = new ServiceCollection()
            .AddBitrix24ClientFactory(options => options.ApplicationName = "Acme.Erp")
            .Services.BuildServiceProvider();
        var factory = services.GetRequiredService<IBitrix24ClientFactory>();

        await factory.Create(Bitrix24Credentials.Webhook(one.WebhookUrl)).AddCallListAsync(TestClient.Request);
        await factory.Create(TestCredentials.Of("oauth", other)).AddCallListAsync(TestClient.Request);

        Assert.Single(one.CallLists);
        Assert.Single(other.CallLists);
        Assert.StartsWith("Acme.Erp ", other.Requests[0].Headers["User-Agent"], StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>("credentials", () => factory.Create(null!));
    }

    [Fact]
    public async Task Thousands_of_portals_leave_nothing_behind()
    {
        var handler = StubHandler.Answering(HttpStatusCode.OK, """{"result":11}""");
        var services = new ServiceCollection();
        services.AddBitrix24ClientFactory().ConfigurePrimaryHttpMessageHandler(() => handler);
        using var provider = services.BuildServiceProvider();
        var factory = provider.GetRequiredService<IBitrix24ClientFactory>();

        var first = await UseAsync(factory, 0);
        for (var portal = 1; portal < 3000; portal++)
        {
            await UseAsync(factory, portal);
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.Equal(3000, handler.Requests);
        Assert.False(first.IsAlive);
    }

    [Fact]
    public void Client_and_factory_come_from_one_registration_and_two_are_refused()
    {
        var services = new ServiceCollection();
        services.AddBitrix24Client(options => options.Credentials = Bitrix24Credentials.Webhook(TestClient.WebhookUrl));

        Assert.Throws<InvalidOperationException>(() =>
            services.AddBitrix24Client(options => options.Credentials = Bitrix24Credentials.Webhook("https://other.example/rest/1/abc/"))
        );
        Assert.Throws<InvalidOperationException>(() => services.AddBitrix24ClientFactory());
        using var provider = services.BuildServiceProvider();
        Assert.NotNull(provider.GetRequiredService<IBitrix24ClientFactory>());
        Assert.NotNull(provider.GetRequiredService<IBitrix24Client>());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> UseAsync(IBitrix24ClientFactory factory, int portal)
    {
        var client = factory.Create(Bitrix24Credentials.Webhook($"https://portal{portal}.example/rest/1/abc/"));
        await client.AddCallListAsync(TestClient.Request);
        return new WeakReference(client);
    }

    private static SimulatedPortal NewPortal()
    {
        var portal = SimulatedPortal.Start();
        portal.Contacts.Add(9, 17, 19);
        portal.Webforms.Add(1);
        return portal;
    }
}
