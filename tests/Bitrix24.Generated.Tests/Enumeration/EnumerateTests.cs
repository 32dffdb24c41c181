using System.Net;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Tests;

public sealed class EnumerateTests
{
    /// <summary>The page of items after an id, as <c>crm.*.list</c> sends it for <c>start: -1</c>.</summary>
    private static JArray PageById(JObject request, IEnumerable<int> ids, string field = "ID")
    {
        Assert.Equal(-1, (int)request["start"]!);
        var isDescending = (string?)request["order"]![field] == "DESC";
        var after = (request["filter"] as JObject)?[(isDescending ? "<" : ">") + field];
        var rows = (isDescending ? ids.OrderDescending() : ids.Order()).Where(id =>
            after is null || (isDescending ? id < (int)after : id > (int)after)
        );
        return new JArray(
            rows.Take(50)
                .Select(id => new JObject { [field] = id.ToString(System.Globalization.CultureInfo.InvariantCulture), ["NAME"] = $"n{id}" })
        );
    }

    [Theory]
    [InlineData("crm.contact.list", "ID", 0, 1)]
    [InlineData("crm.contact.list", "ID", 1, 2)]
    [InlineData("crm.contact.list", "ID", 120, 4)]
    [InlineData("CRM.Item.List", "id", 120, 4)]
    public async Task EnumerateAsync_crm_list_is_read_by_id(string method, string field, int count, int requests)
    {
        var portal = new Portal(request =>
            field == "id"
                ? new JObject { ["items"] = PageById(request, Enumerable.Range(1, count), field) }
                : PageById(request, Enumerable.Range(1, count), field)
        );

        var items = await portal.ReadAsync<Item>(method, new { filter = new { TYPE = "CLIENT" }, select = new[] { "NAME" } });

        Assert.Equal(Enumerable.Range(1, count), items.Select(item => item.Id));
        Assert.Equal(requests, portal.Requests.Count);
        Assert.Equal(
            $$"""{"filter":{"TYPE":"CLIENT"},"select":["NAME","{{field}}"],"order":{"{{field}}":"ASC"},"start":-1}""",
            portal.Requests[0]
        );
        if (count > 50)
        {
            Assert.Equal(
                $$"""{"filter":{"TYPE":"CLIENT",">{{field}}":50},"select":["NAME","{{field}}"],"order":{"{{field}}":"ASC"},"start":-1}""",
                portal.Requests[1]
            );
        }
    }

    [Fact]
    public async Task EnumerateAsync_by_id_keeps_the_callers_spelling_filter_and_direction()
    {
        var descending = new Portal(request => PageById(Lower(request), Enumerable.Range(1, 120)));
        var above = new Portal(request => PageById(request, Enumerable.Range(1, 120).Where(id => id > 100)));

        var last = await descending.ReadAsync<Item>("crm.deal.list", new { FILTER = Array.Empty<object>(), ORDER = new { id = "desc" } });
        var few = await above.ReadAsync<Item>(
            "crm.deal.list",
            new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["filter"] = new Dictionary<string, int>(StringComparer.Ordinal) { [">ID"] = 100 },
            }
        );

        Assert.Equal(Enumerable.Range(1, 120).Reverse(), last.Select(item => item.Id));
        Assert.Equal("""{"FILTER":{"<ID":71},"ORDER":{"ID":"DESC"},"start":-1}""", descending.Requests[1]);
        Assert.Equal(Enumerable.Range(101, 20), few.Select(item => item.Id));
        Assert.Equal("""{"filter":{">ID":120},"order":{"ID":"ASC"},"start":-1}""", above.Requests[1]);
    }

    [Fact]
    public async Task EnumerateAsync_by_id_follows_Direction_and_stops_at_MaxItems()
    {
        var portal = new Portal(request => PageById(request, Enumerable.Range(1, 120)));

        var items = await portal.ReadAsync<Item>(
            "crm.deal.list",
            options: new EnumerateOptions { Direction = SortDirection.Descending, MaxItems = 50 }
        );

        Assert.Equal(Enumerable.Range(71, 50).Reverse(), items.Select(item => item.Id));
        Assert.Single(portal.Requests);
    }

    [Fact]
    public async Task EnumerateAsync_by_id_misses_nothing_when_items_come_and_go_between_pages()
    {
        var ids = Enumerable.Range(1, 100).ToHashSet();
        var pages = 0;
        var portal = new Portal(request =>
        {
            var page = PageById(request, ids);
            if (++pages == 1)
            {
                ids.ExceptWith(Enumerable.Range(1, 50));
                ids.UnionWith([101, 102]);
            }

            return page;
        });

        Assert.Equal(Enumerable.Range(1, 102), (await portal.ReadAsync<Item>("crm.lead.list")).Select(item => item.Id));
    }

    [Fact]
    public async Task EnumerateAsync_short_page_is_not_the_last_one()
    {
        var portal = new Portal(request => new JArray(PageById(request, Enumerable.Range(1, 120)).Where(row => (int)row["ID"]! % 2 == 0)));

        Assert.Equal(60, (await portal.ReadAsync<Item>("crm.lead.list")).Count);
    }

    [Theory]
    [InlineData("user.get", """{"sort":"ID","order":"ASC","start":-1}""")]
    [InlineData("voximplant.statistic.get", """{"sort":"ID","order":"ASC","start":-1}""")]
    [InlineData("acme.rows", """{"order":{"ID":"ASC"},"start":-1}""")]
    public async Task EnumerateAsync_IdField_reads_any_method_by_id(string method, string first)
    {
        var portal = new Portal(request => new JArray(
            Enumerable
                .Range((int?)request["filter"]?[">ID"] + 1 ?? 1, 60)
                .Where(id => id <= 60)
                .Take(50)
                .Select(id => new JObject { ["ID"] = id })
        ));

        var items = await portal.ReadAsync<Item>(method, options: new EnumerateOptions { IdField = "ID" });

        Assert.Equal(Enumerable.Range(1, 60), items.Select(item => item.Id));
        Assert.Equal(first, portal.Requests[0]);
    }

    [Fact]
    public async Task EnumerateAsync_crm_list_without_ids_is_read_by_offset()
    {
        var portal = new Portal(request => new JArray(new JObject { ["CURRENCY"] = "EUR" }, new JObject { ["CURRENCY"] = "USD" }));

        var items = await portal.ReadAsync<JToken>("crm.currency.list");

        Assert.Equal(["EUR", "USD"], items.Select(item => (string?)item["CURRENCY"]));
        Assert.Equal("""{"start":0}""", portal.Requests[1]);
    }

    [Theory]
    [InlineData("next", false)]
    [InlineData("total", false)]
    [InlineData("next", true)]
    public async Task EnumerateAsync_other_methods_and_orders_are_read_by_offset(string member, bool isCrm)
    {
        var portal = new Portal(
            request => new JArray(Enumerable.Range(1, 120).Skip((int)request["start"]!).Take(50).Select(id => new JObject { ["ID"] = id })),
            request =>
                member == "total" ? """,'total':120"""
                : (int)request["start"]! + 50 < 120 ? $",'next':{(int)request["start"]! + 50},'total':120"
                : ",'total':120"
        );

        var items = await (
            isCrm
                ? portal.ReadAsync<Item>("crm.deal.list", new { order = new { TITLE = "ASC", ID = "ASC" } })
                : portal.ReadAsync<Item>("user.get", new { ACTIVE = true })
        );

        Assert.Equal(Enumerable.Range(1, 120), items.Select(item => item.Id));
        Assert.Equal(3, portal.Requests.Count);
    }

    [Fact]
    public async Task EnumerateAsync_by_offset_does_not_repeat_what_moved_to_the_next_page()
    {
        var portal = new Portal(
            request => new JArray(
                ((int)request["start"]! == 0 ? Enumerable.Range(1, 50) : Enumerable.Range(48, 43)).Select(id => new JObject { ["ID"] = id })
            ),
            request => (int)request["start"]! == 0 ? ",'next':50" : string.Empty
        );

        Assert.Equal(Enumerable.Range(1, 90), (await portal.ReadAsync<Item>("user.get")).Select(item => item.Id));
    }

    [Fact]
    public async Task EnumerateAsync_equal_rows_without_ids_are_all_returned()
    {
        var portal = new Portal(
            request => new JArray(Enumerable.Repeat(new JObject { ["NAME"] = "Ann" }, Math.Min(50, 220 - (int)request["start"]!))),
            request => ",'total':220"
        );

        Assert.Equal(220, (await portal.ReadAsync<JToken>("user.get")).Count);
    }

    public static TheoryData<string, string?, int> Shapes =>
        new()
        {
            { "[{'ID':1},{'ID':2}]", null, 2 },
            { "[]", null, 0 },
            { "{}", null, 0 },
            { "{'items':[{'ID':1},{'ID':2}]}", null, 2 },
            { "{'items':[],'groups':[1]}", null, 0 },
            { "{'items':{'4':{'ID':1},'7':{'ID':2}}}", null, 2 },
            { "{'tasks':[{'ID':1},{'ID':2}]}", null, 2 },
            { "{'tasks':[{'ID':1}],'count':1}", null, 1 },
            { "{'1':{'ID':1},'2':{'ID':2}}", null, 2 },
            { "{'departments':{'1':{'ID':1},'2':{'ID':2}}}", null, 2 },
            { "{'data':{'rows':[{'ID':1}],'others':[]}}", "data.rows", 1 },
            { "{'Data':[{'ID':1}]}", "data", 1 },
        };

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task EnumerateAsync_finds_the_list_in_every_shape(string result, string? path, int count)
    {
        var portal = new Portal(_ => JToken.Parse(result));

        Assert.Equal(count, (await portal.ReadAsync<Item>("acme.rows", options: new EnumerateOptions { ItemsPath = path })).Count);
    }

    [Theory]
    [InlineData("{'a':[1],'b':[2]}", null, "its result has no list of items; set EnumerateOptions.ItemsPath")]
    [InlineData("5", null, "its result has no list of items; set EnumerateOptions.ItemsPath")]
    [InlineData("{'items':[1]}", "rows", "its result has no list of items at 'rows'; set EnumerateOptions.ItemsPath")]
    public async Task EnumerateAsync_result_without_one_list_is_an_error_that_says_what_to_set(string result, string? path, string words)
    {
        var portal = new Portal(_ => JToken.Parse(result));

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() =>
            portal.ReadAsync<JToken>("acme.rows", options: new EnumerateOptions { ItemsPath = path })
        );

        Assert.StartsWith("acme.rows cannot be enumerated: " + words, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("crm.deal.list", "{'ID':1}", "")]
    [InlineData("user.get", "{'ID':1},{'ID':2}", ",'next':50")]
    [InlineData("user.get", "{'ID':1},{'ID':2}", ",'total':100000")]
    [InlineData("user.get", "{'NAME':'Ann'}", ",'next':50")]
    [InlineData("user.get", "{'NAME':'Ann'},{'NAME':'Bob'}", ",'total':100000")]
    [InlineData("user.get", "", ",'next':0")]
    public async Task EnumerateAsync_pages_that_repeat_end_with_an_error(string method, string rows, string more)
    {
        var requests = 0;
        var portal = new Portal(
            _ => JToken.Parse($"[{rows}]"),
            request => more.Contains("'next':50", StringComparison.Ordinal) ? $",'next':{(++requests) * 50}" : more
        );

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() => portal.ReadAsync<JToken>(method));

        Assert.Contains("the portal repeats rows", exception.Message, StringComparison.Ordinal);
        Assert.InRange(portal.Requests.Count, 1, 4);
    }

    [Fact]
    public async Task EnumerateAsync_item_without_id_or_of_another_type_is_an_error()
    {
        var portal = new Portal(_ => JToken.Parse("[{'NAME':'Ann'}]"));
        var wrong = new Portal(_ => JToken.Parse("[{'ID':'x'}]"));

        var noId = await Assert.ThrowsAsync<Bitrix24TransportException>(() =>
            portal.ReadAsync<JToken>("acme.rows", options: new EnumerateOptions { IdField = "ID" })
        );
        var noItem = await Assert.ThrowsAsync<Bitrix24TransportException>(() => wrong.ReadAsync<Item>("acme.rows"));

        Assert.Equal(
            "acme.rows cannot be enumerated: an item has no id in the field 'ID'; set EnumerateOptions.IdField to the field of the id.",
            noId.Message
        );
        Assert.StartsWith("acme.rows was executed, but its result cannot be read as Item at ", noItem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("acme.rows.list", 3)]
    [InlineData("user.get", 3)]
    [InlineData("acme.rows", 1)]
    public async Task EnumerateAsync_page_is_repeated_where_the_name_says_that_the_method_reads(string method, int requests)
    {
        var stub = StubHandler.Answering(HttpStatusCode.BadGateway, "<html>", "text/html");
        using var client = new TestClient(
            stub,
            options => (options.Retry.MaxAttempts, options.Retry.BaseDelay) = (3, TimeSpan.FromMilliseconds(1))
        );

        await Assert.ThrowsAsync<Bitrix24TransportException>(async () =>
            await client.Bitrix24.EnumerateAsync<JToken>(method).ToListAsync()
        );

        Assert.Equal(requests, stub.Requests);
    }

    [Fact]
    public void EnumerateAsync_invalid_arguments_are_refused_by_the_call_itself()
    {
        using var client = new TestClient(StubHandler.Throwing(new InvalidOperationException()));
        void Refused(
            string parameter,
            string words,
            string method = "user.get",
            object? parameters = null,
            EnumerateOptions? options = null
        ) =>
            Assert.StartsWith(
                words,
                Assert
                    .Throws<ArgumentException>(
                        parameter,
                        () =>
                        {
                            _ = client.Bitrix24.EnumerateAsync<JToken>(method, parameters, options);
                        }
                    )
                    .Message,
                StringComparison.Ordinal
            );

        Refused("method", "'user get' is not a valid method name", method: "user get");
        Refused("method", "The pages of crm.calllist.items.get differ", method: "crm.calllist.items.get");
        Refused("method", "The pages of crm.calllist.list differ", method: "CRM.calllist.list");
        Refused("parameters", "'start' is set", parameters: new { START = 0 });
        Refused("options", "IdField is blank", options: new() { IdField = " " });
        Refused("options", "ItemsPath has a blank part", options: new() { ItemsPath = "a..b" });
        Refused("options", "MaxItems is 0", options: new() { MaxItems = 0 });
        Refused("options", "Direction is not", options: new() { Direction = (SortDirection)7 });
    }

    [Fact]
    public async Task EnumerateAsync_a_million_items_take_the_memory_of_a_page()
    {
        const int Count = 1_000_000;
        var rows = string.Join(',', Enumerable.Range(0, 50).Select(_ => """{"ID":"@","NAME":"n"}"""));
        var last = 0;
        var stub = new StubHandlerWithoutRecords(() =>
        {
            var page =
                last < Count
                    ? string.Concat(
                        rows.Split('@')
                            .SelectMany(
                                (part, index) =>
                                    index < 50
                                        ? new[] { part, (++last).ToString(System.Globalization.CultureInfo.InvariantCulture) }
                                        : [part]
                            )
                    )
                    : string.Empty;
            return $$"""{"result":[{{page}}]}""";
        });
        using var client = new TestClient(stub);
        var count = 0;
        var samples = new List<WeakReference>();

        await foreach (var item in client.Bitrix24.EnumerateAsync<Item>("crm.contact.list"))
        {
            Assert.Equal(++count, item.Id);
            if (count % 1000 == 0)
            {
                samples.Add(new WeakReference(item));
            }
        }

        GC.Collect();

        Assert.Equal(Count, count);
        Assert.InRange(samples.Count(sample => sample.IsAlive), 0, 1);
    }

    private static JObject Lower(JObject request) =>
        new(request.Properties().Select(member => new JProperty(member.Name.ToLowerInvariant(), member.Value)));

    private sealed class Item
    {
        public int Id { get; set; }
    }

    private sealed class Portal(Func<JObject, JToken> result, Func<JObject, string>? more = null)
    {
        public List<string> Requests { get; } = [];

        public async Task<List<T>> ReadAsync<T>(string method, object? parameters = null, EnumerateOptions? options = null)
        {
            var stub = new StubHandler(
                async (request, cancellationToken) =>
                {
                    var body = await request.Content!.ReadAsStringAsync(cancellationToken);
                    Requests.Add(body);
                    var parsed = JObject.Parse(body);
                    var json = $"{{'result':{result(parsed)}{more?.Invoke(parsed)}}}".Replace('\'', '"');
                    return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(json) };
                }
            );
            using var client = new TestClient(stub);
            return await client.Bitrix24.EnumerateAsync<T>(method, parameters, options).ToListAsync();
        }
    }

    private sealed class StubHandlerWithoutRecords(Func<string> json) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(json()) });
    }
}
