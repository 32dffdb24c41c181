using System.Net;
using System.Text;
using Bitrix24.Testing;
using VerifyXunit;

namespace Bitrix24.Tests;

public sealed class RequestTests
{
    [Fact]
    public async Task Request_on_the_wire_for_each_kind_of_credentials()
    {
        using var portal = SimulatedPortal.Start(
            new SimulatedPortalOptions
            {
                UserId = 7,
                WebhookCode = "abc123",
                AccessToken = "token-of-acme",
            }
        );
        portal.Contacts.Add(9, 17, 19);
        portal.Companies.Add(5);
        portal.Webforms.Add(1);
        Bitrix24Credentials[] kinds =
        [
            Bitrix24Credentials.Webhook(portal.WebhookUrl),
            Bitrix24Credentials.AccessToken(portal.Url.ToString(), portal.AccessToken),
        ];

        foreach (var credentials in kinds)
        {
            var bitrix24 = TestClient.On(credentials, options => options.ApplicationName = "Acme.Erp/2.1");
            await bitrix24.AddCallListAsync(TestClient.Request);
            await bitrix24.AddCallListAsync(new AddCallListRequest { EntityType = CallListEntityType.Company, Entities = [5] });
        }

        var wire = new StringBuilder();
        foreach (var request in portal.Requests)
        {
            wire.Append(request.HttpMethod).Append(' ').Append(request.PathAndQuery).Append('\n');
            foreach (var header in request.Headers.OrderBy(header => header.Key, StringComparer.OrdinalIgnoreCase))
            {
                wire.Append(header.Key)
                    .Append(": ")
                    .Append(
                        header.Key switch
                        {
                            "Host" => "127.0.0.1",
                            "User-Agent" => header.Value.Substring(0, header.Value.LastIndexOf('/')) + "/{version}",
                            _ => header.Value,
                        }
                    )
                    .Append('\n');
            }

            wire.Append('\n').Append(request.Body).Append("\n\n");
        }

        await Verifier.Verify(wire.ToString(), "txt");
    }

    [Fact]
    public async Task Webform_that_is_not_set_is_omitted()
    {
        var handler = StubHandler.Answering(HttpStatusCode.OK, """{"result":11}""");
        using var client = new TestClient(handler);

        await client.Bitrix24.AddCallListAsync(new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = [1] });

        Assert.Equal("""{"ENTITY_TYPE":"CONTACT","ENTITIES":[1]}""", Assert.Single(handler.Bodies));
    }

    [Fact]
    public async Task Unknown_entity_type_is_sent_unchanged()
    {
        var handler = StubHandler.Answering(HttpStatusCode.OK, """{"result":11}""");
        using var client = new TestClient(handler);

        await client.Bitrix24.AddCallListAsync(new AddCallListRequest { EntityType = new CallListEntityType("LEAD"), Entities = [1] });

        Assert.Equal("""{"ENTITY_TYPE":"LEAD","ENTITIES":[1]}""", Assert.Single(handler.Bodies));
    }

    [Fact]
    public async Task Large_request_arrives_complete()
    {
        using var portal = SimulatedPortal.Start();
        long[] ids = [.. Enumerable.Range(1, 20_000)];
        portal.Contacts.Add(ids);

        await TestClient
            .On(portal.WebhookUrl)
            .AddCallListAsync(new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = ids });

        Assert.Equal(ids, Assert.Single(portal.CallLists).Entities);
    }

    [Fact]
    public async Task Concurrent_calls_do_not_mix()
    {
        using var portal = SimulatedPortal.Start();
        portal.Contacts.Add([.. Enumerable.Range(1, 400)]);
        var bitrix24 = TestClient.On(portal.WebhookUrl);

        await Parallel.ForEachAsync(
            Enumerable.Range(1, 200),
            async (id, cancellationToken) =>
                await bitrix24.AddCallListAsync(
                    new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = [id, id + 200] },
                    cancellationToken
                )
        );

        Assert.Equal(
            Enumerable.Range(1, 200).Select(id => (id, id + 200L)),
            portal.CallLists.Select(list => ((int)list.Entities[0], list.Entities[1])).Order()
        );
    }

    [Fact]
    public void Requests_survive_a_round_trip_through_JsonConvert()
    {
        var json = """{"ENTITY_TYPE":"FUTURE","ENTITIES":[1,2],"WEBFORM_ID":5}""";

        var request = Newtonsoft.Json.JsonConvert.DeserializeObject<AddCallListRequest>(json)!;

        Assert.Equal(new CallListEntityType("FUTURE"), request.EntityType);
        Assert.Equal(json, Newtonsoft.Json.JsonConvert.SerializeObject(request));
    }
}
