using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text;
using System.Text.Json;
using CsCheck;
using Newtonsoft.Json;

namespace Bitrix24.Tests;

/// <summary>Compares generated reading and writing with the serializer.</summary>
public sealed class GeneratedJsonTests
{
    private static readonly string[] OtherCases = ["Id", "Operating", "Time"];

    private static readonly JsonSerializerSettings Settings = new()
    {
        Culture = CultureInfo.InvariantCulture,
        DateParseHandling = DateParseHandling.None,
        FloatParseHandling = FloatParseHandling.Double,
        MaxDepth = 64,
        MetadataPropertyHandling = MetadataPropertyHandling.Ignore,
    };

    private static readonly Gen<string> Text = OneOf(
        OneOf(
            "",
            "CONTACT",
            "a\"b\\c/'",
            "<b>&amp;</b>",
            "\u0000\u0001\b\f\n\r\t\u001F\u007F\u0085\u009F",
            "\u2028\u2029",
            "\uD83D\uDE00",
            "\uD83D",
            "\uDE00x",
            "Список",
            "é",
            "{}",
            "12",
            "$result[a][ID]"
        ),
        Gen.Char.Array[0, 20].Select(characters => new string(characters))
    );

    private static readonly Gen<long> Id = OneOf(Gen.Long[1, 100], Gen.Long[1, long.MaxValue], Gen.Const(long.MaxValue));

    private static readonly Gen<IReadOnlyList<long>> Ids = OneOf(
        Id.Array[1, 40].Select(ids => (IReadOnlyList<long>)ids.Distinct().ToList()),
        Id.Array[1, 40].Select(ids => (IReadOnlyList<long>)ids.Distinct().Order().ToArray())
    );

    private static readonly Gen<CallListFilter> Filter = Gen.Select(
        Gen.Long,
        Ids,
        Gen.Bool,
        (value, ids, more) =>
            more ? new CallListFilter().AtLeast(CallListFilterField.Id, value).In(CallListFilterField.WebformId, ids) : new CallListFilter()
    );

    private static readonly Gen<string> Value = OneOf(
        OneOf(
            "null",
            "true",
            "false",
            "0",
            "-0",
            "1",
            "-1",
            "9",
            "\"9\"",
            "\"-9\"",
            "\"+9\"",
            "\"9x\"",
            "\" 9\"",
            "9.5",
            "9.0",
            "1e3",
            "\"1e3\"",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775808",
            "\"9223372036854775808\"",
            "1e400",
            "NaN",
            "\"NaN\""
        ),
        OneOf(
            "\"\"",
            "\"a\\\"\\\\\\/\\b\\u0041\\uD83D\\uDE00\"",
            "\"\u2028<>&'\"",
            "'single'",
            "\"2025-03-24T12:59:57+03:00\"",
            "\"2025-03-24T12:59:57Z\"",
            "\"2025-03-24T12:59:57\"",
            "\"24.03.2025\"",
            "[]",
            "[1]",
            "{}",
            "{\"ID\":1}",
            "[[{\"a\":[]}]]",
            "/* remark */1"
        ),
        Gen.Long.Select(value => value.ToString(CultureInfo.InvariantCulture)),
        Gen.Long.Select(value => FormattableString.Invariant($"\"{value}\"")),
        Gen.Double.Select(value => value.ToString("R", CultureInfo.InvariantCulture))
    );

    private static readonly Gen<string> Time = Object(
        "start",
        "finish",
        "duration",
        "processing",
        "date_start",
        "date_finish",
        "operating_reset_at",
        "operating",
        "Operating",
        "new"
    );

    [Fact]
    public async Task Requests_are_written_like_the_serializer()
    {
        var handler = StubHandler.Answering(HttpStatusCode.OK, """{"result":null}""");
        using var client = new TestClient(handler);
        var bitrix24 = client.Bitrix24;

        await Gen.Select(
                Text,
                Ids,
                Id.Nullable(),
                (type, ids, form) =>
                    new AddCallListRequest
                    {
                        EntityType = new(type),
                        Entities = ids,
                        WebformId = form,
                    }
            )
            .SampleAsync(request => IsSame(handler, request, bitrix24.AddCallListAsync(request)), threads: 1);
        await Gen.Select(
                Text,
                Ids,
                Id,
                Id,
                (type, ids, form, list) =>
                    new UpdateCallListRequest
                    {
                        ListId = list,
                        EntityType = new(type),
                        Entities = ids,
                        WebformId = form,
                    }
            )
            .SampleAsync(request => IsSame(handler, request, bitrix24.UpdateCallListAsync(request)), threads: 1);
        await Gen.Select(
                Text.Array[0, 5],
                Filter,
                Text,
                Gen.Long[-1, 500].Nullable(),
                (fields, filter, order, start) =>
                    new ListCallListsRequest
                    {
                        Select = [.. fields.Select(field => new CallListField(field))],
                        Filter = filter,
                        Order = new CallListOrder().By(new(order)),
                        Start = start,
                    }
            )
            .SampleAsync(request => IsSame(handler, request, bitrix24.ListCallListsAsync(request)), threads: 1);
        await Gen.Select(
                Id,
                Text,
                Gen.Bool,
                (list, status, filtered) =>
                    new ListCallListItemsRequest { ListId = list, Filter = filtered ? new() { Status = new(status) } : null }
            )
            .SampleAsync(request => IsSame(handler, request, bitrix24.ListCallListItemsAsync(request)), threads: 1);
        await Gen.Select(
                Text,
                Text.Select(text => "x?a=" + text.Replace('#', '%')),
                Gen.Bool.Nullable(),
                (key, command, halt) =>
                    new BatchRequest
                    {
                        Commands = new Dictionary<string, string> { ["k" + key] = command, ["b"] = "c" },
                        Halt = halt,
                    }
            )
            .SampleAsync(request => IsSame(handler, request, bitrix24.BatchAsync(request)), threads: 1);
        await Id.Select(id => new GetCallListRequest { Id = id })
            .SampleAsync(request => IsSame(handler, request, bitrix24.GetCallListAsync(request)), threads: 1);
    }

    [Fact]
    public void Names_on_the_wire_need_no_escaping()
    {
        var names = typeof(IBitrix24Client)
            .Assembly.GetExportedTypes()
            .SelectMany(type => type.GetProperties())
            .Select(property => property.GetCustomAttribute<JsonPropertyAttribute>()?.PropertyName)
            .OfType<string>()
            .ToList();

        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.Matches("^[A-Za-z0-9_]+$", name));
    }

    [Fact]
    public async Task Responses_are_read_like_the_serializer()
    {
        var row = Object(
            "ID",
            "DATE_CREATE",
            "CREATED_BY_ID",
            "WEBFORM_ID",
            "ENTITY_TYPE_ID",
            "ENTITY_TYPE",
            "STATUS",
            "STATUS_ID",
            "NAME",
            "SORT",
            "Id",
            "new"
        );
        var sound = Gen.Select(
            Id,
            row,
            (id, more) =>
                FormattableString.Invariant(
                    $$"""{"ID":"{{id}}","STATUS":"IN_WORK","STATUS_ID":"SUCCESS"{{(more.Length == 2 ? "" : ",")}}{{more.Substring(1)}}"""
                )
        );

        // The serializer treats an empty text as null.
        var other = Value.Where(value => value != "\"\"");
        var rows = OneOf(sound, sound, sound, row, other).Array[0, 4].Select(values => $"[{string.Join(",", values)}]");
        var batch = Gen.Select(
            Map(Value),
            Map(Object("error", "error_description")),
            Map(Value),
            Map(Time),
            (results, errors, counts, times) =>
                $$"""{"result":{{results}},"result_error":{{errors}},"result_total":{{counts}},"result_time":{{times}}}"""
        );

        await AreSame(
            OneOf(Value, Id.Select(id => id.ToString(CultureInfo.InvariantCulture))),
            client => client.AddCallListAsync(TestClient.Request)
        );
        await AreSame(OneOf(sound, row, Value), client => client.GetCallListAsync(new GetCallListRequest { Id = 1 }));
        await AreSame(rows, client => client.ListCallListsAsync(new ListCallListsRequest()));
        await AreSame(rows, client => client.ListCallListItemsAsync(new ListCallListItemsRequest { ListId = 1 }));
        await AreSame(rows, client => client.ListCallListStatusesAsync());
        await AreSame(
            Value,
            client =>
                client.UpdateCallListAsync(
                    new UpdateCallListRequest
                    {
                        ListId = 1,
                        EntityType = CallListEntityType.Contact,
                        Entities = [1],
                        WebformId = 1,
                    }
                )
        );
        await AreSame(
            OneOf(batch, batch, Value),
            client => client.BatchAsync(new BatchRequest { Commands = new Dictionary<string, string> { ["a"] = "user.current" } })
        );
    }

    [Fact]
    public async Task Surrogate_pairs_are_read_at_any_position()
    {
        for (var length = 900; length < 1100; length++)
        {
            var name = new string('x', length) + "\uD83D\uDE00\uD83D\uDE00!";
            using var client = new TestClient(
                StubHandler.Answering(HttpStatusCode.OK, $$"""{"result":[{"NAME":"{{name}}","STATUS_ID":"SUCCESS"}]}""")
            );

            Assert.Equal(name, Assert.Single((await client.Bitrix24.ListCallListStatusesAsync()).Result).Name);
        }
    }

    private static async Task<bool> IsSame<TResponse>(StubHandler handler, object request, Task<TResponse> call)
    {
        await Assert.ThrowsAsync<Bitrix24TransportException>(() => call);

        // Half a surrogate pair has no UTF-8 encoding.
        var expected = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(JsonConvert.SerializeObject(request, Settings)));
        return handler.Bodies[^1] == expected;
    }

    private static async Task AreSame<TResponse>(Gen<string> result, Func<IBitrix24Client, Task<TResponse>> call)
        where TResponse : class
    {
        var answer = "";
        using var client = new TestClient(
            new StubHandler(
                (_, _) =>
                    Task.FromResult(
                        new HttpResponseMessage(HttpStatusCode.OK)
                        {
                            Content = new StringContent(answer, Encoding.UTF8, "application/json"),
                        }
                    )
            )
        );
        var more = OneOf(
            "",
            "",
            "",
            ",\"next\":50,\"total\":\"9\"",
            ",\"error\":null",
            ",\"Time\":{\"start\":5}",
            ",\"time\":null",
            ",\"time\":{\"start\":7}",
            ",\"time\":[]",
            ",\"new\":{\"result\":[{}]}",
            ",/**/\"x\":0",
            ","
        );
        await Gen.Select(
                result,
                OneOf(Time, Time, Value),
                more,
                Gen.Bool,
                (result, time, more, turned) =>
                    turned ? $$"""{"time":{{time}},"result":{{result}}{{more}}}""" : $$"""{"result":{{result}},"time":{{time}}{{more}}}"""
            )
            .SampleAsync(
                async text =>
                {
                    answer = text;
                    var expected = IsStrict(text)
                        ? await Outcome(() => Task.FromResult(JsonConvert.DeserializeObject<TResponse>(text, Settings)!))
                        : "no result";
                    return await Outcome(() => call(client.Bitrix24)) == expected;
                },
                threads: 1,
                iter: 2_000
            );
    }

    /// <summary>
    /// Returns whether a text is JSON of RFC 8259 without duplicate properties or known names in another case. The serializer accepts more.
    /// </summary>
    private static bool IsStrict(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return !OtherCases.Any(name => text.Contains($"\"{name}\":", StringComparison.Ordinal));
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }

    private static async Task<string> Outcome<T>(Func<Task<T>> read)
    {
        try
        {
            return JsonConvert.SerializeObject(await read(), Settings);
        }
        catch (Exception exception) when (exception is Newtonsoft.Json.JsonException or Bitrix24TransportException)
        {
            return "no result";
        }
    }

    private static Gen<string> Object(params string[] names) =>
        Gen.Select(OneOf(names), Value, (name, value) => $"\"{name}\":{value}")
            .Array[0, 6]
            .Select(members => $"{{{string.Join(",", members)}}}");

    private static Gen<string> Map(Gen<string> value) =>
        OneOf(
            Gen.Select(OneOf("a", "b", "0", "ID"), value, (key, value) => $"\"{key}\":{value}")
                .Array[0, 3]
                .Select(members => $"{{{string.Join(",", members)}}}"),
            value.Array[0, 3].Select(values => $"[{string.Join(",", values)}]")
        );

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static Gen<T> OneOf<T>(params Gen<T>[] values) => Gen.OneOf(values);
}
