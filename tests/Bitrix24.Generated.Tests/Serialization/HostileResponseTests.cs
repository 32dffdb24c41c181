using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using CsCheck;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Tests;

/// <summary>Tests that any response leads to a result, a typed exception or a cancellation.</summary>
public sealed class HostileResponseTests
{
    private static readonly string[] Answers =
    [
        """{"result":11,"time":{"start":1752471668.062547,"finish":1752471668.531711,"duration":0.4691641330718994,"processing":0.4174520969390869,"date_start":"2025-07-14T08:41:08+02:00","date_finish":"2025-07-14T08:41:08+02:00","operating_reset_at":1752472268,"operating":0.41742897033691406}}""",
        """{"error":"ENTITIES_ERROR","error_description":"Entities is not array"}""",
        """{"result":{"ID":"13","DATE_CREATE":"2025-07-14 08:47:19","CREATED_BY_ID":"29","WEBFORM_ID":null,"ENTITY_TYPE_ID":"3","ENTITY_TYPE":"CONTACT"}}""",
    ];

    /// <summary>The positions of values in the response of a batch.</summary>
    private static readonly string[] Places =
    [
        """{"result":{"result":{"a":?}}}""",
        """{"result":{"result":{"a":[{"b":?}]}}}""",
        """{"result":{"result":{"a":1},"result_error":{"b":{"error_description":?}}}}""",
        """{"result":{"result":{"a":1},"result_total":{"a":?}}}""",
        """{"result":{"result":{"a":1},"new":?}}""",
        """{"result":{"result":{"a":1}},"time":{"start":?}}""",
        """{"new":?,"result":{"result":{"a":1}}}""",
        """{"result":{"result":{"a":1}},"new":[[?]]}""",
    ];

    private static readonly string[] Snippets =
    [
        "null",
        "true",
        "-1",
        "1e999",
        "99999999999999999999999",
        "\"\"",
        "[]",
        "{}",
        "[[[[[[",
        "\\u0000",
        "\uFEFF",
        "\"result\":",
        "\"error\":",
        "\"time\":",
        "NaN",
        "'",
        "//",
        "/*",
        "0x1F",
        "\0",
        "é",
        "}",
    ];

    [Fact]
    public async Task Mutated_responses()
    {
        var mutation = Gen.Select(Gen.Int[0, 1000], Gen.Int[0, 3], OneOf(Snippets), Gen.Int[0, 40], Gen.Byte);
        var sample = Gen.Select(
            OneOf(Answers),
            mutation.Array[1, 4],
            OneOf(200, 200, 200, 201, 204, 304, 400, 401, 403, 429, 500, 502, 503)
        );

        await sample.SampleAsync(
            async (answer, mutations, status) =>
            {
                var bytes = Encoding.UTF8.GetBytes(answer).ToList();
                foreach (var (position, kind, snippet, length, value) in mutations)
                {
                    var at = position % (bytes.Count + 1);
                    switch (kind)
                    {
                        case 0:
                            bytes.InsertRange(at, Encoding.UTF8.GetBytes(snippet));
                            break;
                        case 1:
                            bytes.RemoveRange(at, Math.Min(length, bytes.Count - at));
                            break;
                        case 2 when at < bytes.Count:
                            bytes[at] = value;
                            break;
                        default:
                            bytes.RemoveRange(at, bytes.Count - at);
                            break;
                    }
                }

                await OnlyTypedOutcomes(StubHandler.Answering((HttpStatusCode)status, [.. bytes]));
            },
            iter: 1500,
            threads: 2
        );
    }

    [Fact]
    public async Task Invalid_JSON_at_any_position_throws()
    {
        string[] values =
        [
            "/* a */ 1",
            "1 // a\n",
            "'a'",
            "NaN",
            "Infinity",
            "-Infinity",
            "undefined",
            "new Date(1)",
            "True",
            "nul",
            "nullx",
            "a",
            "01",
            "-01",
            "+1",
            ".5",
            "1.",
            "1e",
            "0x1F",
            "1,",
            "-",
            "1 2",
            "\u00A01",
            "\v1",
            new string('9', 500),
            "[1,]",
            "[,1]",
            "[1 2]",
            "[1",
            "[1}",
            new string('[', 100) + new string(']', 100),
            "{\"a\":1,}",
            "{,}",
            "{a:1}",
            "{'a':1}",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\" 1}",
            "{1:1}",
            "{\"a\":1 \"b\":2}",
            "{\"a\":1]",
            "\"a\nb\"",
            "\"\t\"",
            "\"\0\"",
            "\"\\x\"",
            "\"\\'\"",
            "\"\\u12g4\"",
            "\"\\u12\"",
            "\"\\u\"",
            "\"\\",
            "\"a",
        ];
        foreach (var value in values)
        {
            foreach (var place in Places)
            {
                Assert.Equal("Bitrix24TransportException Unknown", await OutcomeOf(place.Replace("?", value, StringComparison.Ordinal)));
            }
        }

        const string Sound = """ { "" : [ -0.5e+10 , "\u00e9\"\\\/\b\f\n\r\t" , null , true, [ ] , { } ] } """;
        foreach (var place in Places)
        {
            Assert.Equal("read", await OutcomeOf(place.Replace("?", Sound, StringComparison.Ordinal)));
        }
    }

    [Theory]
    [InlineData("""{"result":{"result":{"a":1,"a":1}}}""")]
    [InlineData("""{"result":{"result":{"a":{"ID":1,"ID":2}}}}""")]
    [InlineData("""{"result":{"result":{"a":{"ID":1,"\u0049D":2}}}}""")]
    [InlineData("""{"result":{"result":{"a":1},"result":{"a":2}}}""")]
    [InlineData("""{"result":{"result":{"a":1},"Result":{"a":2}}}""")]
    [InlineData("""{"result":{"Result":{"a":2}}}""")]
    [InlineData("""{"result":{"result":{"a":1},"result_Error":[]}}""")]
    [InlineData("""{"result":{"result":[],"result_error":{"a":{"error":"X","Error":"Y"}}}}""")]
    [InlineData("""{"result":{"result":[],"result_error":{"a":{"error":"X"},"a":{"error":"Y"}}}}""")]
    [InlineData("""{"result":{"result":{"a":1},"result_time":{"a":{"start":1,"Start":2}}}}""")]
    [InlineData("""{"result":{"result":{"a":1},"result_total":{"a":1,"a":2}}}""")]
    [InlineData("""{"result":{"result":{"a":1}},"Time":{}}""")]
    [InlineData("""{"result":{"result":{"a":1}},"time":{"operating":1,"OPERATING":2}}""")]
    [InlineData("""{"result":{"result":{"a":1}},"new":1,"new":1}""")]
    [InlineData("""{"result":{"result":{"a":1}},"Error":null}""")]
    public async Task Duplicates_in_a_batch_response_are_unknown(string answer) =>
        Assert.Equal("Bitrix24TransportException Unknown", await OutcomeOf(answer));

    [Theory]
    [InlineData("""{"result":{"result":{"a":1,"A":2}}}""")]
    [InlineData("""{"result":{"result":{"a":{"id":1,"ID":2}}}}""")]
    [InlineData("""{"result":{"result":{"a":1}},"new":{"b":1,"b":1}}""")]
    public async Task Unknown_properties_may_differ_in_case_and_are_ignored(string answer) => Assert.Equal("read", await OutcomeOf(answer));

    [Fact]
    public async Task Duplicate_in_an_object_with_many_properties_throws()
    {
        var members = string.Join(",", Enumerable.Range(0, 1000).Select(index => $"\"m{index}\":{index}"));

        Assert.Equal("read", await OutcomeWith($"{{{members}}}"));
        Assert.Equal("Bitrix24TransportException Unknown", await OutcomeWith($"{{{members},\"m7\":1}}"));
        Assert.Equal("Bitrix24TransportException Unknown", await OutcomeWith($"{{{members},\"m999\":1}}"));

        Task<string> OutcomeWith(string value) =>
            OutcomeOf("""{"result":{"result":{"a":{"b":?,"c":{"m7":1}},"d":?}}}""".Replace("?", value, StringComparison.Ordinal));
    }

    [Fact]
    public void Known_name_in_another_case_in_a_command_result_throws()
    {
        var results = new JObject { ["a"] = JObject.Parse("""{"ID":13,"Id":14}"""), ["b"] = JObject.Parse("""{"ID":13}""") };
        var result = new BatchResult { Results = results.ToObject<Dictionary<string, JToken>>()! };

        Assert.ThrowsAny<JsonException>(() => result.ResultOf<GetCallListResponse>("a"));
        Assert.Equal(13, result.ResultOf<GetCallListResponse>("b")!.Result.Id);
    }

    [Theory]
    [InlineData("utf-16", "ENTITY_ERROR")]
    [InlineData("\"utf-8\"", "ENTITY_ERROR")]
    [InlineData("iso-8859-1", "ENTITY_ERROR")]
    [InlineData("no-such-charset", "ENTITY_ERROR")]
    public async Task Declared_charset_is_used_where_it_is_known(string charset, string code)
    {
        var encoding = charset == "utf-16" ? Encoding.Unicode : Encoding.UTF8;
        var body = encoding.GetBytes($$"""{"error":"{{code}}"}""");

        var outcome = await TestClient.Outcome(
            StubHandler.Answering(HttpStatusCode.BadRequest, body, $"application/json; charset={charset}")
        );

        Assert.Contains("EntityError", outcome, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Byte_order_marks_are_skipped()
    {
        foreach (var encoding in new Encoding[] { Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode })
        {
            byte[] body = [.. encoding.GetPreamble(), .. encoding.GetBytes("""{"result":11}""")];
            Assert.Equal("result 11", await TestClient.Outcome(StubHandler.Answering(HttpStatusCode.OK, body)));
        }
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(200, false)]
    [InlineData(500, true)]
    [InlineData(500, false)]
    public async Task Bodies_are_read_up_to_a_limit(int status, bool declared)
    {
        var endless = new EndlessStream();
        var handler = new StubHandler(
            (_, _) =>
            {
                var content = new StreamContent(endless);
                content.Headers.ContentLength = declared ? 1L << 40 : null;
                return Task.FromResult(new HttpResponseMessage((HttpStatusCode)status) { Content = content });
            }
        );
        using var client = new TestClient(handler, options => options.MaxResponseSize = 100_000);

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() => client.Bitrix24.AddCallListAsync(TestClient.Request));

        Assert.Equal(CallExecution.Unknown, exception.Execution);
        Assert.Contains(
            status == 200 ? "larger than the limit of 100000 bytes" : "larger than the limit of 65536 bytes",
            exception.Message,
            StringComparison.Ordinal
        );
        Assert.InRange(endless.Given, 0, 130_000);
    }

    [Fact]
    public async Task Compressed_bombs_and_false_encodings_are_transport_failures()
    {
        using var server = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var bitrix24 = TestClient.On(
            $"http://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}/rest/1/abc/",
            options => options.MaxResponseSize = 1_000_000
        );

        foreach (
            var (encoding, body) in new[]
            {
                ("gzip", Bomb()),
                ("gzip", "plain text"u8.ToArray()),
                ("br", "plain text"u8.ToArray()),
                ("deflate", "plain text"u8.ToArray()),
            }
        )
        {
            var call = Assert.ThrowsAsync<Bitrix24TransportException>(() => bitrix24.AddCallListAsync(TestClient.Request));
            using (var connection = await server.AcceptTcpClientAsync())
            {
                await connection
                    .GetStream()
                    .WriteAsync(
                        Encoding.ASCII.GetBytes(
                            $"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: "
                                + $"{body.Length}\r\nConnection: close\r\n\r\n"
                        )
                    );
                await connection.GetStream().WriteAsync(body);
                Assert.Equal(CallExecution.Unknown, (await call).Execution);
            }
        }
    }

    private static async Task<string> OutcomeOf(string batchAnswer)
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, batchAnswer));
        try
        {
            await client.Bitrix24.BatchAsync(new BatchRequest { Commands = new Dictionary<string, string> { ["a"] = "x.y" } });
            return "read";
        }
        catch (Bitrix24Exception exception)
        {
            return $"{exception.GetType().Name} {exception.Execution}";
        }
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static byte[] Bomb()
    {
        using var bomb = new MemoryStream();
        using (var gzip = new GZipStream(bomb, CompressionLevel.Optimal))
        {
            gzip.Write(new byte[20_000_000]);
        }

        return bomb.ToArray();
    }

    private static async Task OnlyTypedOutcomes(StubHandler handler)
    {
        using var client = new TestClient(handler);
        foreach (
            var call in new Func<Task>[]
            {
                () => client.Bitrix24.AddCallListAsync(TestClient.Request),
                () => client.Bitrix24.GetCallListAsync(new GetCallListRequest { Id = 1 }),
            }
        )
        {
            var exception = await Record.ExceptionAsync(call);
            Assert.True(exception is null or Bitrix24Exception, exception?.ToString());
        }
    }

    private sealed class EndlessStream : Stream
    {
        public long Given { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            Array.Fill(buffer, (byte)' ', offset, count);
            Given += count;
            return count;
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
