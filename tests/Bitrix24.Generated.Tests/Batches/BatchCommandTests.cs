using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Tests;

/// <summary>Tests that PHP would decode the commands correctly.</summary>
public sealed class BatchCommandTests
{
    [Theory]
    [InlineData("")]
    [InlineData("?a=1")]
    [InlineData("user.current?a=1")]
    [InlineData("&user")]
    [InlineData("/user")]
    [InlineData("#user")]
    [InlineData("user current")]
    [InlineData("x%3Fy")]
    [InlineData("x$result[c0]")]
    [InlineData("batch.xml")]
    [InlineData("user.current.XML")]
    [InlineData("/batch")]
    [InlineData("batch?")]
    [InlineData("user.")]
    [InlineData("us\u0435r.current")]
    public void Call_invalid_method_name_throws(string method)
    {
        var exception = Assert.Throws<ArgumentException>(nameof(method), () => BatchCommand.Call(method));

        Assert.StartsWith("The method name is not valid. Example: user.current.", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("batch")]
    [InlineData("BATCH")]
    [InlineData("batch.json")]
    public void Call_batch_throws(string method)
    {
        var exception = Assert.Throws<ArgumentException>(nameof(method), () => BatchCommand.Call(method));

        Assert.StartsWith("A batch cannot contain another batch.", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("profile")]
    [InlineData("tasks.task.getFields")]
    [InlineData("telephony.externalCall.attachRecord")]
    [InlineData("imbot.v2.Bot.register")]
    [InlineData("partner_x.do-it")]
    [InlineData("user.current.json")]
    public void Call_accepts_method_names(string method) => Assert.Equal(method, BatchCommand.Call(method));

    [Fact]
    public void Values_of_System_Text_Json_are_written_as_their_JSON()
    {
        const string Json = """{"a":[1,2.5,"x",null,{"b":true}], "c":"ä&" /* no value */ }""";
        var options = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip };
        using var document = JsonDocument.Parse(Json, options);
        const string Written = "a[0]=1&a[1]=2.5&a[2]=x&a[3]=&a[4][b]=1&c=%C3%A4%26";

        var filter = JsonSerializer.SerializeToElement(new { PHONE = "123" });
        Assert.Equal("crm.contact.list?filter[PHONE]=123", BatchCommand.Call("crm.contact.list", new { filter }));
        Assert.Equal("x?" + Written, BatchCommand.Call("x", document));
        Assert.Equal("x?" + Written, BatchCommand.Call("x", document.RootElement));
        Assert.Equal("x?" + Written, BatchCommand.Call("x", JsonNode.Parse(Json, documentOptions: options)));
        Assert.Equal(
            "x?list[0][n]=1&list[1]=2&map[a][v]=text&nothing=&long=99999999999999999999&date=2026-01-02T03%3A04%3A05%2B02%3A00",
            BatchCommand.Call(
                "x",
                new
                {
                    list = new List<object>
                    {
                        new JsonObject { ["n"] = 1 },
                        JsonValue.Create(2),
                    },
                    map = new Dictionary<string, object> { ["a"] = new { v = (JsonElement?)JsonSerializer.SerializeToElement("text") } },
                    nothing = (JsonNode?)null,
                    @long = JsonNode.Parse("99999999999999999999"),
                    date = JsonSerializer.SerializeToElement("2026-01-02T03:04:05+02:00"),
                }
            )
        );
    }

    [Fact]
    public void Undefined_values_of_System_Text_Json_throw()
    {
        var disposed = JsonDocument.Parse("{}");
        disposed.Dispose();

        Refused("A JsonElement has no value. Leave it out.", new { filter = default(JsonElement) });
        Refused(string.Empty, disposed);
        Refused(string.Empty, JsonSerializer.SerializeToElement(new[] { 1 }));
        Refused(string.Empty, JsonDocument.Parse("""{"a":1,"a":2}"""));

        static void Refused(string words, object parameters) =>
            Assert.StartsWith(
                "The parameters cannot be serialized: " + words,
                Assert.Throws<ArgumentException>(nameof(parameters), () => BatchCommand.Call("x", parameters)).Message,
                StringComparison.Ordinal
            );
    }

    [Fact]
    public void JsonPropertyName_and_JsonIgnore_are_respected()
    {
        const string Always = "x?fields[TITLE]=a&fields[plain]=&fields[Newtonsoft]=b";
        var fields = new Annotated
        {
            Title = "a",
            Both = "b",
            Secret = "s",
        };
        Assert.Equal(Always, BatchCommand.Call("x", new { fields }));

        (fields.Optional, fields.Count) = ("o", 1);
        Assert.Equal(Always + "&fields[Optional]=o&fields[Count]=1", BatchCommand.Call("x", new { fields }));
    }

    [Theory]
    [InlineData(typeof(WithEnum), "Mode has the attribute JsonConverter of System.Text.Json, which is not supported. Pass")]
    [InlineData(typeof(WithConverter), "WithConverter has the attribute JsonConverter")]
    [InlineData(typeof(WithPrivate), "WithPrivate has the attribute JsonInclude")]
    [InlineData(typeof(WithExtensions), "WithExtensions has the attribute JsonExtensionData")]
    public void Unsupported_attributes_of_System_Text_Json_throw(Type type, string words)
    {
        var value = Activator.CreateInstance(type);

        var exception = Assert.Throws<ArgumentException>("parameters", () => BatchCommand.Call("x", new { fields = value }));

        Assert.Contains(words, exception.Message, StringComparison.Ordinal);
        var fields = JsonSerializer.SerializeToElement(value);
        Assert.StartsWith("x?fields[", BatchCommand.Call("x", new { fields }), StringComparison.Ordinal);
    }

    [Fact]
    public void Values_are_encoded_for_PHP()
    {
        var command = BatchCommand.Call(
            "x",
            new JObject
            {
                ["yes"] = true,
                ["no"] = false,
                ["number"] = 0.1,
                ["large"] = 1e300,
                ["nothing"] = null,
                ["moment"] = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2)),
                ["bytes"] = new byte[] { 1, 2 },
                ["text"] = "a b&c=d[e]\u00e9",
                ["list"] = new JArray(1, new JArray(2, new JObject { ["a b"] = 3 })),
            }
        );

        Assert.Equal(
            $"x?yes=1&no=0&number=0.1&large={Uri.EscapeDataString(1e300.ToString("R", CultureInfo.InvariantCulture))}&nothing=&"
                + "moment=2026-01-02T03%3A04%3A05%2B02%3A00&bytes=AQI%3D&text=a%20b%26c%3Dd%5Be%5D%C3%A9&list[0]=1&list[1][0]=2&"
                + "list[1][1][a%20b]=3",
            command
        );
    }

    [Fact]
    public void Values_that_a_query_cannot_contain_throw_with_their_name()
    {
        Refused(
            "The parameters cannot be serialized: list is an empty list, which a command cannot contain. Leave it out,",
            new { list = Array.Empty<int>() }
        );
        Refused("The parameters cannot be serialized: a[b is a name with brackets,", new Dictionary<string, int> { ["a[b"] = 1 });
        Refused("The parameters cannot be serialized: ]a is a name with brackets,", new Dictionary<string, int> { ["]a"] = 1 });
        Refused("The parameters cannot be serialized: ", new[] { 1 });

        static void Refused(string words, object parameters) =>
            Assert.StartsWith(
                words,
                Assert.Throws<ArgumentException>(nameof(parameters), () => BatchCommand.Call("x", parameters)).Message,
                StringComparison.Ordinal
            );
    }

    [Theory]
    [InlineData("user.current", "user.current", 0)]
    [InlineData("user&current", "user&current", 0)]
    [InlineData("?a=1", "", 1)]
    [InlineData("x?a=1", "x", 1)]
    [InlineData("x?a=1&b=2&c=3", "x", 3)]
    [InlineData("x.y.json?a=1", "x.y", 1)]
    [InlineData("x.y.JSON", "x.y", 0)]
    public void Commands_are_parsed(string command, string method, int parameters) =>
        Assert.Equal((method, parameters), (BatchCommand.MethodOf(command), BatchCommand.CountParameters(command)));

    [Fact]
    public void Method_without_parameters_is_its_name() =>
        Assert.Equal(("x", "x"), (BatchCommand.Call("x"), BatchCommand.Call("x", new { })));

    private enum Plain
    {
        First,
        Second,
    }

    [JsonConverter(typeof(JsonStringEnumConverter))]
    private enum Mode
    {
        First,
        Second,
    }

    private sealed class Annotated
    {
        [JsonPropertyName("TITLE")]
        public string? Title { get; set; }

        [JsonPropertyName("plain")]
        public string? Unset { get; set; }

        [JsonPropertyName("SystemTextJson")]
        [Newtonsoft.Json.JsonProperty("Newtonsoft")]
        public string? Both { get; set; }

        [JsonIgnore]
        public string? Secret { get; set; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Optional { get; set; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public int Count { get; set; }
    }

    private sealed class WithEnum
    {
        public Mode Mode { get; set; } = Mode.Second;
    }

    private sealed class WithConverter
    {
        [JsonConverter(typeof(JsonStringEnumConverter))]
        public Plain Plain { get; set; } = Plain.Second;
    }

    private sealed class WithPrivate
    {
        [JsonInclude]
        internal string? Hidden { get; set; } = "a";
    }

    private sealed class WithExtensions
    {
        [JsonExtensionData]
        public Dictionary<string, object> More { get; set; } = new() { ["a"] = 1 };
    }
}
