using System.Globalization;
using System.Net;
using System.Text;
using VerifyXunit;

namespace Bitrix24.Tests;

public sealed class ResponseTimeTests
{
    private const string Reference = """
        {"start":1752471668.062547,"finish":1752471668.531711,"duration":0.4691641330718994,"processing":0.4174520969390869,
        "date_start":"2025-07-14T08:41:08+02:00","date_finish":"2025-07-14T08:41:08+02:00","operating_reset_at":1752472268,"operating":0.41742897033691406}
        """;

    [Fact]
    public async Task Time_in_all_shapes()
    {
        var table = new StringBuilder();
        foreach (
            var (name, time) in new[]
            {
                ("the answer of the reference", Reference),
                (
                    "whole seconds",
                    """{"start":1752471668,"finish":1752471669,"duration":1,"processing":0,"date_start":"2025-07-14T08:41:08+02:00","date_finish":"2025-07-14T08:41:09+02:00"}"""
                ),
                (
                    "a portal without the limiter",
                    """{"start":1752471668.5,"finish":1752471669.25,"duration":0.75,"processing":0.5,"date_start":"2025-07-14T03:41:08-03:00","date_finish":"2025-07-14T03:41:09-03:00"}"""
                ),
                ("no operating_reset_at", """{"start":1752471668.5,"operating":5.5e-5}"""),
                ("zero and tiny numbers", """{"duration":0,"processing":5.5e-5,"operating":0,"operating_reset_at":0}"""),
                ("dates without numbers", """{"date_start":"2025-07-14T08:41:08+05:30","date_finish":"2025-07-14T06:41:08Z"}"""),
                (
                    "dates without an offset",
                    """{"start":1752471668.5,"date_start":"2025-07-14T08:41:08","date_finish":"2025-07-14 08:41:08"}"""
                ),
                ("numbers as strings", """{"start":"1752471668.062547","duration":"0.25","operating_reset_at":"1752472268"}"""),
                ("members unknown today", """{"duration":0.5,"queue":{"depth":[1,2]},"note":"x"}"""),
                (
                    "wrong types",
                    """{"start":[],"finish":{"a":1},"duration":true,"processing":"soon","date_start":5,"date_finish":"never","operating_reset_at":1.5,"operating":null}"""
                ),
                (
                    "numbers out of all bounds",
                    """{"start":1e300,"finish":-1e300,"duration":1e300,"processing":"NaN","operating_reset_at":9223372036854775807,"operating":1e400}"""
                ),
                ("no members", "{}"),
                ("the empty map of PHP", "[]"),
                ("null", "null"),
                ("a text", "\"soon\""),
                ("a number", "5"),
            }
        )
        {
            using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, $$"""{"time":{{time}},"result":11}"""));
            var response = await client.Bitrix24.AddCallListAsync(TestClient.Request);
            Assert.Equal(11, response.Result);
            table.Append(name).Append('\n').Append(Render(response.Time));
        }

        await Verifier.Verify(table.ToString(), "txt");
    }

    [Fact]
    public async Task Missing_time_is_null()
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, """{"result":11}"""));

        Assert.Null((await client.Bitrix24.AddCallListAsync(TestClient.Request)).Time);
    }

    private static string Render(ResponseTime? time)
    {
        if (time is null)
        {
            return "  null\n";
        }

        var text = new StringBuilder();
        foreach (var property in typeof(ResponseTime).GetProperties().OrderBy(property => property.Name, StringComparer.Ordinal))
        {
            var value = property.GetValue(time) switch
            {
                null => null,
                DateTimeOffset moment => moment.ToString("O", CultureInfo.InvariantCulture),
                TimeSpan span => span.ToString("c", CultureInfo.InvariantCulture),
                var other => Convert.ToString(other, CultureInfo.InvariantCulture),
            };
            if (value is not null)
            {
                text.Append("  ").Append(property.Name).Append(": ").Append(value).Append('\n');
            }
        }

        return text.Length > 0 ? text.ToString() : "  nothing\n";
    }
}
