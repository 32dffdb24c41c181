using Bitrix24.Testing;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Tests;

/// <summary>The code of the page on any method, word for word, against a simulated portal.</summary>
public sealed class AnyMethodExamples : IDisposable
{
    private readonly SimulatedPortal portal = SimulatedPortal.Start();
    private readonly Bitrix24Client bitrix24;

    public AnyMethodExamples()
    {
        bitrix24 = Bitrix24Client.Create(portal.WebhookUrl);
        portal.AddMethod("crm.contact.list", parameters => new JArray(Enumerable.Range(1, 3)
            .Where(id => id > ((int?)parameters["filter"]?[">ID"] ?? 0))
            .Select(id => new JObject { ["ID"] = $"{id}", ["NAME"] = $"Ann {id}" })));
        portal.AddMethod("crm.contact.get", parameters => new { ID = parameters["ID"], NAME = "Ann" });
        portal.AddMethod("crm.contact.fields", _ => new { NAME = new { type = "string" } });
        portal.AddMethod("crm.contact.add", _ => 7);
        portal.AddMethod("crm.deal.add", parameters => 10 + (int)parameters["fields"]!["CONTACT_ID"]!);
        portal.AddMethod("voximplant.statistic.get", parameters => parameters["filter"] is null ? new[] { new { ID = "2" }, new { ID = "1" } } : []);
    }

    public void Dispose() => portal.Dispose();

    [Fact]
    public async Task One_call()
    {
        var found = await bitrix24.CallAsync<List<Contact>>("crm.contact.list", new { filter = new { PHONE = "+15550100" } });
        long id = (await bitrix24.CallAsync<long>("crm.contact.add", new { fields = new { NAME = "Ann", OPENED = "Y" } })).Result;
        JToken fields = (await bitrix24.CallAsync<JToken>("crm.contact.fields")).Result;

        Assert.Equal([new(1, "Ann 1"), new(2, "Ann 2"), new Contact(3, "Ann 3")], found.Result);
        Assert.Equal((7, "string"), (id, (string?)fields["NAME"]!["type"]));

        var departments = await bitrix24.CallAsync<JToken>("department.get", options: new CallOptions { IsIdempotent = true });

        Assert.Equal("1", (string?)departments.Result[0]!["ID"]);
    }

    [Fact]
    public async Task All_items_of_a_list()
    {
        var clients = new { filter = new { TYPE_ID = "CLIENT" }, select = new[] { "NAME" } };
        await foreach (Contact contact in bitrix24.EnumerateAsync<Contact>("crm.contact.list", clients))
        {
            Console.WriteLine($"{contact.Id} {contact.Name}");
        }

        Assert.Equal(2, portal.Requests.Count);
        Assert.Contains("\">ID\":3", portal.Requests[1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_items_of_an_odd_method()
    {
        var options = new EnumerateOptions { IdField = "ID", Direction = SortDirection.Descending, MaxItems = 100 };
        await foreach (JToken call in bitrix24.EnumerateAsync<JToken>("voximplant.statistic.get", options: options))
        {
            Console.WriteLine($"{call["ID"]} {call["CALL_DURATION"]}");
        }

        Assert.Equal("""{"sort":"ID","order":"DESC","start":-1}""", portal.Requests[0].Body);
        Assert.Equal(2, portal.Requests.Count);
    }

    [Fact]
    public async Task Many_calls()
    {
        long[] ids = [4, 5];
        var calls = ids.Select(id => new BatchCall("crm.contact.get", new { ID = id }, key: $"contact{id}"));
        await foreach (var outcome in bitrix24.CallManyAsync<Contact>(calls))
        {
            Console.WriteLine(outcome.Exception is null ? $"{outcome.Key} {outcome.Result!.Name}" : $"{outcome.Execution} {outcome.Exception.Message}");
        }

        Assert.Equal("batch", Assert.Single(portal.Requests).Method);

        BatchCall[] order =
        [
            new("crm.contact.add", new { fields = new { NAME = "Ann" } }, key: "contact") { Group = "order-17" },
            new("crm.deal.add", new { fields = new { CONTACT_ID = BatchCommand.ResultOf("contact") } }, key: "deal") { Group = "order-17" },
        ];
        List<CallOutcome<long>> created = await bitrix24.CallManyAsync<long>(order).ToListAsync();

        Assert.Equal([7L, 17L], created.Select(outcome => outcome.Result));
    }

    public sealed record Contact(long Id, string? Name);
}
