using System.Net;
using System.Text;
using VerifyXunit;

namespace Bitrix24.Tests;

public sealed class ResponseTests
{
    [Fact]
    public async Task Results_in_all_shapes()
    {
        var table = new StringBuilder();
        foreach (
            var body in new[]
            {
                """{"result":11}""",
                """{"result":"11"}""",
                """{"result":11,"error":null}""",
                """{"result":11,"new":{"member":[1]}}""",
                "\uFEFF{\"result\":11}\n",
                """{"result":9223372036854775807}""",
                """{"result":9223372036854775808}""",
                """{"result":0}""",
                """{"result":-1}""",
                """{"result":"0"}""",
                """{"result":null}""",
                """{"result":true}""",
                """{"result":false}""",
                """{"result":11.0}""",
                """{"result":1e3}""",
                """{"result":""}""",
                """{"result":"11x"}""",
                """{"result":"eleven"}""",
                """{"result":[11]}""",
                """{"result":{"ID":11}}""",
                """{"RESULT":11}""",
                """{"result":11,"error":""}""",
                """{"result":11,"error":"ENTITY_ERROR"}""",
                """{"result":null,"error":"ENTITY_ERROR"}""",
                """{"result":11,"RESULT":12}""",
                """{"ERROR":"x","result":11}""",
            }
        )
        {
            table
                .Append(body.Trim())
                .Append(" -> ")
                .Append(await TestClient.Outcome(StubHandler.Answering(HttpStatusCode.OK, body)))
                .Append('\n');
        }

        await Verifier.Verify(table.ToString(), "txt");
    }

    [Fact]
    public async Task Bodies_that_are_not_a_response()
    {
        const string Page = "<html><body><h1>502 Bad Gateway</h1></body></html>";
        var table = new StringBuilder();
        foreach (
            var (status, body, contentType) in new (int, string, string?)[]
            {
                (200, Page, "text/html"),
                (403, Page, "text/html"),
                (502, Page, "text/html"),
                (503, Page, "text/html"),
                (504, Page, "text/html"),
                (500, Page, "application/json"),
                (200, "", "application/json"),
                (200, "", null),
                (204, "", null),
                (500, "", null),
                (200, " \n", "application/json"),
                (200, """{"result":11""", "application/json"),
                (200, """{"result":1""", "application/json"),
                (200, """{"result":11,"time":{"start":17""", "application/json"),
                (400, """{"error":"ENTITIES_ERR""", "application/json"),
                (200, """{"result":11}<br>Warning""", "text/html"),
                (200, """{"result":11}{"result":12}""", "application/json"),
                (200, "[]", "application/json"),
                (200, "null", "application/json"),
                (200, "11", "application/json"),
                (200, "\"11\"", "application/json"),
                (200, "{}", "application/json"),
                (200, """{"time":{"start":1}}""", "application/json"),
                (500, """{"result":11}""", "application/json"),
                (404, "{}", "application/json"),
                (302, "", "text/html"),
                (303, """{"result":11}""", "application/json"),
                (304, "", null),
                (200, new string('[', 200), "application/json"),
                (200, "\0\0", "application/octet-stream"),
                (200, "plain", "text/plain"),
            }
        )
        {
            using var client = new TestClient(StubHandler.Answering((HttpStatusCode)status, body, contentType));
            var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() =>
                client.Bitrix24.AddCallListAsync(TestClient.Request)
            );
            Assert.Null(exception.InnerException);
            var start = (body.Length > 60 ? body.Substring(0, 60) + "..." : body).Trim().Replace("\0", "\\0", StringComparison.Ordinal);
            table.Append(FormattableString.Invariant($"{status} {start}\n  {exception.Execution}: {exception.Message}\n"));
        }

        await Verifier.Verify(table.ToString(), "txt");
    }

    [Theory]
    [InlineData("""{"error":"ACCESS_DENIED","error":"ACCESS_DENIED","error":"ACCESS_DENIED"}""")]
    [InlineData("""{"error":"ACCESS_DENIED","result":1,"result":1,"result":1}""")]
    [InlineData("""{"error":"ACCESS_DENIED","ERROR":"x","Error":"x"}""")]
    [InlineData("""[{"error":"ACCESS_DENIED"}]""")]
    [InlineData("""{"error":"ACCESS_DENIED"}{}""")]
    public async Task Error_given_more_than_once_is_not_a_response(string body) =>
        Assert.StartsWith(
            "Bitrix24TransportException | BadRequest | Unknown | null | null | Unknown",
            await TestClient.Outcome(StubHandler.Answering(HttpStatusCode.BadRequest, body)),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/json")]
    [InlineData("application/json; charset=no-such-one")]
    [InlineData(null)]
    public async Task Byte_order_mark_takes_precedence_over_the_header(string? contentType)
    {
        byte[] body = [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("""{"error":"ACCESS_DENIED"}""")];

        Assert.StartsWith(
            "Bitrix24AccessDeniedException",
            await TestClient.Outcome(StubHandler.Answering(HttpStatusCode.Forbidden, body, contentType)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Default_settings_of_Newtonsoft_Json_do_not_affect_the_client()
    {
        var before = Newtonsoft.Json.JsonConvert.DefaultSettings;
        Newtonsoft.Json.JsonConvert.DefaultSettings = () =>
            new Newtonsoft.Json.JsonSerializerSettings
            {
                ContractResolver = new Newtonsoft.Json.Serialization.CamelCasePropertyNamesContractResolver(),
                MissingMemberHandling = Newtonsoft.Json.MissingMemberHandling.Error,
                NullValueHandling = Newtonsoft.Json.NullValueHandling.Include,
            };
        try
        {
            var handler = StubHandler.Answering(HttpStatusCode.OK, """{"result":11,"unknown":1}""");
            Assert.Equal("result 11", await TestClient.Outcome(handler));
            Assert.Equal("""{"ENTITY_TYPE":"CONTACT","ENTITIES":[9,17,19],"WEBFORM_ID":1}""", Assert.Single(handler.Bodies));
        }
        finally
        {
            Newtonsoft.Json.JsonConvert.DefaultSettings = before;
        }
    }
}
