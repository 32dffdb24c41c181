using System.Net;
using Bitrix24;
using Bitrix24.Testing;

namespace Acme.Erp.Tests;

public sealed class CallListTests : IDisposable
{
    private readonly SimulatedPortal portal = SimulatedPortal.Start();

    public CallListTests() => portal.Contacts.Add(9, 17);

    public void Dispose() => portal.Dispose();

    [Fact]
    public async Task A_list_is_made_once_even_when_its_answer_is_lost()
    {
        portal.FailNext(SimulatedFault.ConnectionReset with { RunsCall = true });

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() =>
            Bitrix24Client
                .Create(portal.WebhookUrl)
                .AddCallListAsync(new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = [9, 17] })
        );

        Assert.Equal(CallExecution.Unknown, exception.Execution);
        Assert.Single(portal.CallLists);
    }

    [Fact]
    public async Task A_limit_of_the_portal_is_waited_for()
    {
        portal.FailNext(SimulatedFault.Error(HttpStatusCode.ServiceUnavailable, "QUERY_LIMIT_EXCEEDED"));
        var options = new Bitrix24ClientOptions { Credentials = Bitrix24Credentials.Webhook(portal.WebhookUrl) };
        options.Retry.BaseDelay = TimeSpan.FromMilliseconds(1);

        await Bitrix24Client
            .Create(options)
            .AddCallListAsync(new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = [9] });

        Assert.Equal(2, portal.Requests.Count);
    }
}
