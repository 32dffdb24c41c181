using System.Net;
using System.Text.Json;
using Bitrix24.Testing;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Tests;

public sealed class BatchTests : IDisposable
{
    private readonly SimulatedPortal portal = SimulatedPortal.Start();
    private readonly Bitrix24Client bitrix24;

    public BatchTests()
    {
        portal.Contacts.Add([.. Enumerable.Range(1, 1500)]);
        portal.Webforms.Add(1);
        bitrix24 = TestClient.On(portal.WebhookUrl);
    }

    public void Dispose() => portal.Dispose();

    [Fact]
    public async Task Commands_run_in_order_and_each_has_a_result()
    {
        var result = (
            await bitrix24.BatchAsync(
                Batch(
                    ("add", BatchCommand.AddCallList(TestClient.Request)),
                    (
                        "wrong",
                        BatchCommand.AddCallList(new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = [4040] })
                    ),
                    ("get", "crm.calllist.get?ID=$result[add]"),
                    (
                        "items",
                        BatchCommand.ListCallListItems(
                            new ListCallListItemsRequest
                            {
                                ListId = 1,
                                Filter = new CallListItemFilter { Status = CallListItemStatus.InWork },
                            }
                        )
                    ),
                    ("statuses", BatchCommand.ListCallListStatuses()),
                    ("departments", BatchCommand.Call("department.get", new { ID = 1 }))
                )
            )
        ).Result;

        Assert.Equal(1, result.ResultOf<AddCallListResponse>("add")!.Result);
        Assert.NotNull(result.ResultOf<AddCallListResponse>("add")!.Time!.Operating);
        Assert.Equal(CallListEntityType.Contact, result.ResultOf<GetCallListResponse>("get")!.Result.EntityType);
        Assert.Equal([9, 17, 19], result.ResultOf<ListCallListItemsResponse>("items")!.Result.Select(item => item.Id));
        Assert.Equal(4, result.ResultOf<ListCallListStatusesResponse>("statuses")!.Result.Count);
        Assert.Equal("Simulated", (string?)result.Results["departments"][0]!["NAME"]);
        Assert.Equal(1, result.Totals["departments"]);
        Assert.Null(result.ResultOf<AddCallListResponse>("wrong"));
        Assert.Equal(
            (Bitrix24ErrorCode.EntityError, "ENTITY_ERROR", "Incorrect entities id"),
            (result.Errors["wrong"].ErrorCode, result.Errors["wrong"].RawErrorCode, result.Errors["wrong"].ErrorDescription)
        );
        Assert.Empty(result.NextStarts);
        Assert.Equal(["add", "departments", "get", "items", "statuses"], result.Times.Keys.Order(StringComparer.Ordinal));
        Assert.Single(portal.Requests);
    }

    [Fact]
    public async Task Halt_stops_at_the_first_error()
    {
        var request = Batch(("a", "crm.calllist.get?ID=99"), ("b", BatchCommand.AddCallList(TestClient.Request)));
        request.Halt = true;

        var result = (await bitrix24.BatchAsync(request)).Result;

        Assert.Equal(["a"], result.Errors.Keys);
        Assert.Empty(result.Results);
        Assert.Empty(portal.CallLists);
        Assert.StartsWith("""{"halt":1,""", portal.Requests[0].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invalid_batches_throw_before_sending()
    {
        await Refused("Commands contains 0 values; the minimum is 1.", Batch());
        await Refused(
            "Commands contains 51 values; the maximum is 50.",
            Batch([.. Enumerable.Range(0, 51).Select(index => ($"c{index}", "app.info"))])
        );
        await Refused("Commands is not set.", new BatchRequest { Commands = null! });
        await Refused("Commands[a] is empty. Example: user.current.", Batch(("a", " ")));
        await Refused(
            "Commands[a] is a batch. A batch cannot contain another batch. Add its commands to this batch.",
            Batch(("a", "batch?cmd[b]=app.info"))
        );
        await Refused(
            "Commands has the key '0', but portals do not preserve the order of numeric keys. Use a key with a letter, such as c0.",
            Batch(("0", "app.info"))
        );
        await Refused(
            "Commands[a] has 1002 parameters, but portals read only 1000. Call its method outside of a batch.",
            Batch(("a", BatchCommand.AddCallList(Many(1001))))
        );
        Assert.Empty(portal.Requests);
        Assert.Throws<ArgumentException>("request", () => BatchCommand.AddCallList(new AddCallListRequest()));
        Assert.Throws<ArgumentNullException>("request", () => BatchCommand.GetCallList(null!));
        Assert.Throws<ArgumentException>("method", () => BatchCommand.Call("user.current?a=b"));
        Assert.Throws<ArgumentException>("parameters", () => BatchCommand.Call("user.current", 5));
        Assert.Throws<ArgumentException>(
            "parameters",
            () => BatchCommand.Call("crm.contact.list", new { filter = new { ID = Array.Empty<int>() } })
        );
        Assert.Throws<ArgumentException>("parameters", () => BatchCommand.Call("x.y", new JObject { ["A[B]"] = 1 }));
        Assert.Throws<ArgumentException>("request", () => BatchCommand.ListCallLists(new ListCallListsRequest { Select = [] }));
        foreach (var batch in new[] { "batch", "batch?", "BATCH", "batch.json", "Batch.json", "BATCH.JSON?cmd[b]=app.info" })
        {
            await Refused(
                "Commands[a] is a batch. A batch cannot contain another batch. Add its commands to this batch.",
                Batch(("a", batch))
            );
        }

        string[] methods =
        [
            "x%3Fy",
            "x$result[c0]",
            "batch.xml",
            "/batch",
            "batch/",
            " batch",
            "batch&a=b",
            ".batch",
            "x..y",
            "?a=b",
            "b\u0430tch",
        ];
        foreach (var method in methods)
        {
            await Refused("Commands[a] does not start with a valid method name. Example: user.current.", Batch(("a", method)));
        }

        await Refused("Commands[a] contains a #, and portals ignore the text after it. Write %23.", Batch(("a", "x.y?filter[NAME]=a#b")));

        async Task Refused(string message, BatchRequest request)
        {
            var exception = await Assert.ThrowsAsync<ArgumentException>(nameof(request), () => bitrix24.BatchAsync(request));
            Assert.StartsWith(message, exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Command_with_the_maximum_number_of_parameters_loses_none()
    {
        await bitrix24.BatchAsync(Batch(("a", BatchCommand.AddCallList(Many(999)))));

        Assert.Equal(999, portal.CallLists.Single().Entities.Count);
    }

    [Fact]
    public void Commands_are_encoded_for_PHP()
    {
        Assert.Equal(
            "crm.calllist.add?ENTITY_TYPE=CONTACT&ENTITIES[0]=9&ENTITIES[1]=17&ENTITIES[2]=19&WEBFORM_ID=1",
            BatchCommand.AddCallList(TestClient.Request)
        );
        Assert.Equal("crm.calllist.get?ID=7", BatchCommand.GetCallList(new GetCallListRequest { Id = 7 }));
        Assert.Equal(
            "crm.calllist.list?SELECT[0]=ID&FILTER[%3E%3DID]=3&FILTER[%40WEBFORM_ID][0]=1&FILTER[%40WEBFORM_ID][1]=2&ORDER[ID]=DESC&start=50",
            BatchCommand.ListCallLists(
                new ListCallListsRequest
                {
                    Select = [CallListField.Id],
                    Filter = new CallListFilter().AtLeast(CallListFilterField.Id, 3).In(CallListFilterField.WebformId, [1, 2]),
                    Order = new CallListOrder().By(CallListField.Id, SortDirection.Descending),
                    Start = 50,
                }
            )
        );
        Assert.Equal("crm.calllist.statuslist", BatchCommand.ListCallListStatuses());
        Assert.Equal(
            "x.y?text=a%26b%3D%C3%A4%20%2B%25&bytes=AQID&yes=1&no=0&number=0.5&nothing=&when=2026-01-02T03%3A04%3A05Z&link=%24result%5Ba%5D&map[a%26][b]=c",
            BatchCommand.Call(
                "x.y",
                new JObject
                {
                    ["text"] = "a&b=ä +%",
                    ["bytes"] = new byte[] { 1, 2, 3 },
                    ["yes"] = true,
                    ["no"] = false,
                    ["number"] = 0.5,
                    ["nothing"] = null,
                    ["when"] = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
                    ["link"] = BatchCommand.ResultOf("a"),
                    ["map"] = new JObject { ["a&"] = new JObject { ["b"] = "c" } },
                }
            )
        );
    }

    [Theory]
    [InlineData("$result[c0]")]
    [InlineData("call me $result[c0][ID]!")]
    [InlineData("$RESULT[c0]")]
    [InlineData("$total[c0]")]
    [InlineData("$errors_of[c0]")]
    public async Task Text_that_looks_like_a_reference_throws(string comment)
    {
        portal.AddMethod("user.get", _ => "secret");
        portal.AddMethod("crm.timeline.comment.add", parameters => parameters["fields"]!["COMMENT"]);

        // The portal would replace the text, so the client rejects it.
        var command = $"crm.timeline.comment.add?fields[COMMENT]={Uri.EscapeDataString(comment)}";
        var result = (await bitrix24.BatchAsync(Batch(("c0", "user.get"), ("c1", command)))).Result;
        Assert.NotEqual(comment, result.Results["c1"].ToString());

        var typed = new { fields = new { COMMENT = comment } };
        foreach (var parameters in new object[] { typed, JsonSerializer.SerializeToElement(typed) })
        {
            var exception = Assert.Throws<ArgumentException>(nameof(parameters), () => BatchCommand.Call("x.y", parameters));
            Assert.Contains("fields[COMMENT] is a text that portals replace", exception.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(comment, exception.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("$result")]
    [InlineData("$result [c0]")]
    [InlineData("$result[]")]
    [InlineData("$5[c0]")]
    [InlineData("result[c0] $")]
    [InlineData("[$result")]
    [InlineData("$resul[c0]")]
    public async Task Other_texts_with_dollars_and_brackets_arrive_unchanged(string comment)
    {
        portal.AddMethod("user.get", _ => "secret");
        portal.AddMethod("crm.timeline.comment.add", parameters => parameters["fields"]!["COMMENT"]);

        var command = BatchCommand.Call("crm.timeline.comment.add", new { fields = new { COMMENT = comment } });
        var result = (await bitrix24.BatchAsync(Batch(("c0", "user.get"), ("c1", command)))).Result;

        Assert.Equal(comment, (string?)result.Results["c1"]);
    }

    [Fact]
    public async Task ResultOf_is_replaced_with_the_earlier_result()
    {
        portal.AddMethod("crm.contact.add", _ => 17);
        portal.AddMethod("crm.contact.get", _ => new { ID = "17", PHONE = new[] { new { VALUE = "+7" } } });
        portal.AddMethod("echo", parameters => parameters);

        var result = (
            await bitrix24.BatchAsync(
                Batch(
                    ("contact", BatchCommand.Call("crm.contact.add")),
                    ("read", BatchCommand.Call("crm.contact.get", new { ID = BatchCommand.ResultOf("contact") })),
                    (
                        "echo",
                        BatchCommand.Call(
                            "echo",
                            new Dictionary<string, object>
                            {
                                ["id"] = BatchCommand.ResultOf("contact"),
                                ["list"] = new JArray(BatchCommand.ResultOf("read", "PHONE", "0", "VALUE")),
                                ["map"] = new JObject { ["phones"] = BatchCommand.ResultOf("read", "PHONE") },
                                ["raw"] = new JRaw("""{"a":[1,true]}"""),
                            }
                        )
                    )
                )
            )
        ).Result;

        Assert.Equal(
            """{"id":17,"list":["+7"],"map":{"phones":[{"VALUE":"+7"}]},"raw":{"a":["1","1"]}}""",
            result.Results["echo"].ToString(Newtonsoft.Json.Formatting.None)
        );
        Assert.Throws<ArgumentException>("key", () => BatchCommand.ResultOf(""));
        Assert.Throws<ArgumentException>("key", () => BatchCommand.ResultOf("a b"));
        Assert.Throws<ArgumentException>("path", () => BatchCommand.ResultOf("a", "b]"));
        Assert.Throws<ArgumentNullException>("path", () => BatchCommand.ResultOf("a", null!));
    }

    [Fact]
    public void Typed_request_rejects_text_that_looks_like_a_reference()
    {
        var request = new AddCallListRequest { EntityType = new("$result[a]"), Entities = [1] };
        var exception = Assert.Throws<ArgumentException>(nameof(request), () => BatchCommand.AddCallList(request));

        Assert.Contains("ENTITY_TYPE is a text that portals replace", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Maps_written_by_PHP_are_read()
    {
        const string Answer = """
            {"result":{"result":[1,null],"result_error":{"a":{"error":100},"b":null},"result_total":null,
            "result_next":{"a":"50","b":7,"c":false,"d":[1]},"result_time":[]}}
            """;
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, Answer));

        var result = (await client.Bitrix24.BatchAsync(Batch(("a", "x.y")))).Result;

        Assert.Equal(["0", "1"], result.Results.Keys);
        Assert.Equal(JTokenType.Null, result.Results["1"].Type);
        Assert.Equal("100", Assert.Single(result.Errors).Value.RawErrorCode);
        Assert.Empty(result.Totals);
        Assert.Equal([new("a", 50), new("b", 7)], result.NextStarts);
        Assert.Empty(result.Times);
    }

    [Theory]
    [InlineData("""{"result":11}""")]
    [InlineData("""{"result":[]}""")]
    [InlineData("""{"result":{"result":"x"}}""")]
    [InlineData("""{"result":{"result_error":[]}}""")]
    public async Task Response_that_is_not_of_a_batch_is_unknown(string answer)
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, answer));

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() => client.Bitrix24.BatchAsync(Batch(("a", "x.y"))));

        Assert.Equal(CallExecution.Unknown, exception.Execution);
        Assert.EndsWith("check which of the commands ran before you send them again.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_time_of_a_command_keeps_its_dates()
    {
        const string Answer =
            """{"result":{"result":{"a":11},"result_time":{"a":{"start":1724916859.46,"date_start":"2024-08-29T10:34:19+03:00","date_finish":"2024-08-29T10:34:19+03:00"}}}}""";
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, Answer));

        var time = (await client.Bitrix24.BatchAsync(Batch(("a", "x.y")))).Result.ResultOf<AddCallListResponse>("a")!.Time!;

        Assert.Equal(new DateTimeOffset(2024, 8, 29, 10, 34, 19, TimeSpan.FromHours(3)), time.DateStart);
        Assert.Equal(TimeSpan.FromHours(3), time.StartedAt!.Value.Offset);
    }

    [Fact]
    public async Task Errors_of_commands_contain_no_secret()
    {
        const string Answer =
            $$$"""{"result":{"result":[],"result_error":{"a":{"error":"{{{TestClient.WebhookCode}}}","error_description":"at {{{TestClient.WebhookUrl}}}"} } } }""";
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, Answer));

        var error = (await client.Bitrix24.BatchAsync(Batch(("a", "x.y")))).Result.Errors["a"];

        Assert.DoesNotContain(TestClient.WebhookCode, error.RawErrorCode + error.ErrorDescription, StringComparison.Ordinal);
    }

    private static AddCallListRequest Many(int count) =>
        new() { EntityType = CallListEntityType.Contact, Entities = [.. Enumerable.Range(1, count)] };

    private static BatchRequest Batch(params (string Key, string Command)[] commands) =>
        new() { Commands = commands.ToDictionary(command => command.Key, command => command.Command, StringComparer.Ordinal) };
}
