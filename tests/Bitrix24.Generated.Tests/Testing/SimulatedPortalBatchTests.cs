using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Bitrix24.Testing;
using VerifyXunit;

namespace Bitrix24.Tests;

/// <summary>Tests the simulated portal with plain requests and responses, as a program in any language sends them.</summary>
public sealed class SimulatedPortalBatchTests : IDisposable
{
    private readonly SimulatedPortal portal = SimulatedPortal.Start(
        new SimulatedPortalOptions
        {
            UserId = 7,
            WebhookCode = "code",
            AccessToken = "token",
        }
    );

    public SimulatedPortalBatchTests()
    {
        portal.Contacts.Add([.. Enumerable.Range(1, 2000)]);
        portal.Webforms.Add(1, 5);
    }

    public void Dispose() => portal.Dispose();

    /// <summary>The curl examples of the reference, with a webhook and with an access token.</summary>
    [Fact]
    public async Task Curl_examples_of_the_reference_succeed()
    {
        await TestClient.On(portal.WebhookUrl).AddCallListsAsync(Enumerable.Range(0, 123).Select(_ => TestClient.Request)).CountAsync();
        var table = new StringBuilder();

        foreach (
            var (method, body) in new[]
            {
                ("crm.calllist.add", """{"ENTITY_TYPE":"CONTACT","ENTITIES":[1,2,3],"WEBFORM_ID":5}"""),
                ("crm.calllist.get", """{"ID":123}"""),
                ("crm.calllist.list", """{"SELECT":["ID","CREATED_BY_ID"],"FILTER":{"ENTITY_TYPE_ID":3},"ORDER":{"ID":"DESC"}}"""),
                ("crm.calllist.items.get", """{"LIST_ID":13,"FILTER":{"STATUS":"IN_WORK"}}"""),
                ("crm.calllist.statuslist", "{}"),
                ("crm.calllist.update", """{"LIST_ID":123,"ENTITY_TYPE":"CONTACT","ENTITIES":[1,2,3],"WEBFORM_ID":5}"""),
                (
                    "batch",
                    """{ "halt": 0, "cmd": { "get_user": "user.current", "get_departments": "department.get", "get_app": "app.info" } }"""
                ),
                (
                    "batch",
                    """{ "halt": 0, "cmd": { "get_user": "user.current", "get_department": "department.get?ID=$result[get_user][UF_DEPARTMENT][0]" } }"""
                ),
            }
        )
        {
            var withToken = JsonNode.Parse(body)!.AsObject();
            withToken["auth"] = "token";
            table
                .Append(method)
                .Append(' ')
                .Append(body)
                .Append("\n  ")
                .Append(await PostAsync($"rest/7/code/{method}", body))
                .Append("\n  ")
                .Append(await PostAsync($"rest/{method}", withToken.ToJsonString()))
                .Append('\n');
        }

        await Verifier.Verify(table.ToString(), "txt");
    }

    [Fact]
    public async Task Batch_requests_and_responses_as_text()
    {
        var table = new StringBuilder();

        foreach (
            var body in new[]
            {
                "{}",
                """{"cmd":[]}""",
                """{"cmd":["app.info","none"]}""",
                """{"cmd":{"a":"crm.calllist.add?ENTITY_TYPE=CONTACT&ENTITIES[]=9&"""
                    + """ENTITIES[]=17","b":"crm.calllist.get?ID=$result[a]","c":"crm.calllist.items.get?LIST_ID=%24result%5Ba%5D"}}""",
                """{"cmd":{"a":"batch?cmd[b]=app.info","b":"crm.calllist.add?ENTITY_TYPE=LEAD&ENTITIES[0]=9"}}""",
                """{"halt":1,"cmd":{"a":"none","b":"crm.calllist.add?ENTITY_TYPE=CONTACT&ENTITIES[0]=9"}}""",
                """{"halt":true,"cmd":{"a":"crm.calllist.add?ENTITY_TYPE=CONTACT&ENTITIES[0]=9","b":"none","c":"app.info"}}""",
            }
        )
        {
            table.Append(body).Append("\n  ").Append(await PostAsync("rest/7/code/batch", body)).Append('\n');
        }

        Assert.Equal(2, portal.CallLists.Count);
        await Verifier.Verify(table.ToString(), "txt");
    }

    [Fact]
    public async Task Batch_of_51_commands_executes_the_first_50()
    {
        var commands = string.Join(
            ",",
            Enumerable.Range(0, 51).Select(index => $"\"c{index}\":\"crm.calllist.add?ENTITY_TYPE=CONTACT&ENTITIES[0]=9\"")
        );

        var answer = await PostAsync("rest/7/code/batch", $$"""{"cmd":{{{commands}} } }""");

        Assert.Equal(50, portal.CallLists.Count);
        Assert.Contains(
            "\"result_error\":{\"c50\":{\"error\":\"ERROR_BATCH_LENGTH_EXCEEDED\",\"error_description\":\"Max batch length exceeded\"}}",
            answer,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Command_with_too_many_parameters_silently_loses_the_rest()
    {
        var ids = string.Join("&", Enumerable.Range(0, 1200).Select(index => $"ENTITIES[{index}]={index + 1}"));

        await PostAsync("rest/7/code/batch", $$"""{"cmd":{"a":"crm.calllist.add?ENTITY_TYPE=CONTACT&{{ids}}" } }""");

        Assert.Equal(999, portal.CallLists.Single().Entities.Count);
    }

    [Fact]
    public async Task Forms_and_query_strings_are_parsed_like_PHP()
    {
        using var http = new HttpClient { BaseAddress = portal.Url };
        using var form = new StringContent(
            "ENTITY_TYPE=CONTACT&ENTITIES%5B0%5D=9&ENTITIES[]=17&auth=token",
            MediaTypeHeaderValue.Parse("application/x-www-form-urlencoded")
        );

        using var posted = await http.PostAsync(new Uri("rest/crm.calllist.add.json?WEBFORM_ID=1", UriKind.Relative), form);
        var got = await http.GetStringAsync(
            new Uri("rest/7/code/crm.calllist.list?SELECT[]=ID&FILTER[%3E=ID]=0&ORDER[ID]=DESC", UriKind.Relative)
        );

        Assert.Equal([9, 17], portal.CallLists.Single().Entities);
        Assert.Equal(1, portal.CallLists[0].WebformId);
        Assert.Equal("""[{"ID":"1"}]""", JsonNode.Parse(got)!["result"]!.ToJsonString());
    }

    [Fact]
    public async Task Each_user_sees_only_readable_entities()
    {
        portal.Companies.Add(5, 6);
        portal.Contacts.DenyRead(8, 17);
        portal.Companies.DenyRead(8);
        var (seven, eight) = (TestClient.On(portal.WebhookUrl), TestClient.On(portal.AddWebhook(8)));

        await seven.AddCallListAsync(TestClient.Request);
        await eight.AddCallListAsync(TestClient.Request);

        Assert.Equal([9, 17, 19], portal.CallLists[0].Entities);
        Assert.Equal([9, 19], portal.CallLists[1].Entities);
        Assert.Equal(
            (7, 8),
            (portal.CallLists[0].CreatedById, (await seven.GetCallListAsync(new GetCallListRequest { Id = 2 })).Result.CreatedById)
        );
        Assert.Equal(
            [9, 19],
            (await eight.ListCallListItemsAsync(new ListCallListItemsRequest { ListId = 1 })).Result.Select(item => item.Id)
        );
        var companies = new AddCallListRequest { EntityType = CallListEntityType.Company, Entities = [5] };
        Assert.Equal(
            Bitrix24ErrorCode.AccessError,
            (await Assert.ThrowsAsync<Bitrix24AccessDeniedException>(() => eight.AddCallListAsync(companies))).ErrorCode
        );
        await seven.AddCallListAsync(companies);
        var update = new UpdateCallListRequest
        {
            ListId = 3,
            EntityType = CallListEntityType.Company,
            Entities = [6],
            ClearWebform = true,
        };
        Assert.Equal(
            "Access Denied",
            (await Assert.ThrowsAsync<Bitrix24AccessDeniedException>(() => eight.UpdateCallListAsync(update))).ErrorDescription
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => portal.AddWebhook(0));
    }

    [Fact]
    public async Task LegacyErrors_sends_sentences_that_the_client_understands()
    {
        using var old = SimulatedPortal.Start(
            new SimulatedPortalOptions
            {
                LegacyErrors = true,
                UserId = 7,
                WebhookCode = "code",
            }
        );
        old.Contacts.Add(9);
        old.Contacts.AddUnreadable(30);
        old.Companies.DenyRead(7);
        var spec = await ProjectSpec.LoadAsync();
        var known = spec
            .ErrorExamples.Select(example => $"HTTP {example.Status} {example.Error.ToJsonString()}")
            .ToHashSet(StringComparer.Ordinal);
        var codes = new List<Bitrix24ErrorCode>();

        foreach (
            var (method, body) in new[]
            {
                ("add", "{}"),
                ("add", """{"ENTITY_TYPE":"CONTACT","ENTITIES":1}"""),
                ("add", """{"ENTITY_TYPE":"LEAD","ENTITIES":[1]}"""),
                ("add", """{"ENTITY_TYPE":"CONTACT","ENTITIES":[]}"""),
                ("add", """{"ENTITY_TYPE":"CONTACT","ENTITIES":[404]}"""),
                ("add", """{"ENTITY_TYPE":"CONTACT","ENTITIES":[30]}"""),
                ("add", """{"ENTITY_TYPE":"CONTACT","ENTITIES":[9],"WEBFORM_ID":99}"""),
                ("update", """{"LIST_ID":1,"ENTITY_TYPE":"COMPANY","ENTITIES":[9]}"""),
            }
        )
        {
            var answer = await PostAsync(old.Url + $"rest/7/code/crm.calllist.{method}", body);
            Assert.Contains(answer, known);
            using var client = new TestClient(
                StubHandler.Answering(
                    (System.Net.HttpStatusCode)int.Parse(answer.AsSpan(5, 3), System.Globalization.CultureInfo.InvariantCulture),
                    answer[9..]
                )
            );
            var exception = await Assert.ThrowsAnyAsync<Bitrix24Exception>(() => client.Bitrix24.AddCallListAsync(TestClient.Request));
            Assert.Equal(CallExecution.NotExecuted, exception.Execution);
            codes.Add(exception.ErrorCode);
        }

        Assert.Equal(
            [
                Bitrix24ErrorCode.ErrorArgument,
                Bitrix24ErrorCode.EntitiesError,
                Bitrix24ErrorCode.EntityTypeError,
                Bitrix24ErrorCode.EntityError,
                Bitrix24ErrorCode.EntityError,
                Bitrix24ErrorCode.AccessError,
                Bitrix24ErrorCode.WebformError,
                Bitrix24ErrorCode.AccessError,
            ],
            codes
        );
    }

    [Fact]
    public async Task AddMethod_adds_and_replaces_methods()
    {
        portal.AddMethod("crm.contact.list", parameters => new[] { new { ID = "9", NAME = (string?)parameters["filter"]?["NAME"] } });
        portal.AddMethod("app.info", _ => null);

        Assert.Equal(
            """HTTP 200 {"result":[{"ID":"9","NAME":"Ada"}]}""",
            await PostAsync("rest/7/code/crm.contact.list", """{"filter":{"NAME":"Ada"}}""")
        );
        Assert.Equal("""HTTP 200 {"result":null}""", await PostAsync("rest/7/code/app.info", "{}"));
        portal.AddMethod("x.y", _ => throw new InvalidOperationException("boom"));
        Assert.Contains(
            """{"result":{"a":null},"result_error":{"b":{"error":"INTERNAL_SERVER_ERROR","error_description":"boom"}}""",
            await PostAsync("rest/7/code/batch", """{"cmd":{"a":"app.info","b":"x.y"}}"""),
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentNullException>("answer", () => portal.AddMethod("x", null!));
        Assert.Throws<ArgumentException>("method", () => portal.AddMethod("Batch", _ => 1));
    }

    [Fact]
    public async Task ExecutionTimeLimit_blocks_only_the_method_that_used_it_up()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        using var limited = SimulatedPortal.Start(
            new SimulatedPortalOptions
            {
                TimeProvider = clock,
                ExecutionTimeLimit = TimeSpan.FromSeconds(480),
                ProcessingTime = TimeSpan.FromSeconds(240),
                RecordRequests = false,
            }
        );
        var bitrix24 = TestClient.On(limited.WebhookUrl, options => options.TimeProvider = clock);
        for (var call = 1; call <= 3; call++)
        {
            Assert.Equal(TimeSpan.FromSeconds(240 * call), (await bitrix24.ListCallListStatusesAsync()).Time!.Operating);
            clock.Advance(TimeSpan.FromMinutes(1));
        }

        var exception = await Assert.ThrowsAsync<Bitrix24RateLimitException>(() => bitrix24.ListCallListStatusesAsync());
        Assert.Equal((Bitrix24ErrorCode.OperationTimeLimit, TimeSpan.FromMinutes(7)), (exception.ErrorCode, exception.RetryAfter));
        await bitrix24.ListCallListsAsync(new ListCallListsRequest());
        await TestClient.On(limited.AddWebhook(1)).ListCallListStatusesAsync();
        clock.Advance(TimeSpan.FromMinutes(7));
        Assert.Equal(TimeSpan.FromSeconds(720), (await bitrix24.ListCallListStatusesAsync()).Time!.Operating);
        Assert.Empty(limited.Requests);
    }

    private async Task<string> PostAsync(string url, string body)
    {
        using var http = new HttpClient { BaseAddress = portal.Url };
        using var content = new StringContent(body, MediaTypeHeaderValue.Parse("application/json"));
        using var response = await http.PostAsync(new Uri(portal.Url, url), content);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();
        answer.Remove("time");
        if (answer["result"] is JsonObject result && result["result_time"] is { } times)
        {
            result["result_time"] = times is JsonObject map
                ? new JsonArray([.. map.Select(time => (JsonNode?)time.Key)])
                : times.AsArray().Count;
        }

        foreach (var row in Rows(answer))
        {
            row["DATE_CREATE"] = "...";
        }

        if (answer["result"] is JsonArray { Count: > 4 } rows)
        {
            answer["result"] = new JsonArray(rows[0]!.DeepClone(), $"... {rows.Count} rows ...", rows[^1]!.DeepClone());
        }

        return FormattableString.Invariant($"HTTP {(int)response.StatusCode} {answer.ToJsonString()}");
    }

    private static IEnumerable<JsonObject> Rows(JsonNode? node) =>
        node switch
        {
            JsonObject map => (map.ContainsKey("DATE_CREATE") ? [map] : Enumerable.Empty<JsonObject>())
                .Concat(map.ToList().SelectMany(member => Rows(member.Value)))
                .ToList(),
            JsonArray list => list.SelectMany(Rows).ToList(),
            _ => [],
        };
}
