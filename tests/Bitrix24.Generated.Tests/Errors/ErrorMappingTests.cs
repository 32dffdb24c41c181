using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Bitrix24.CommandLine;
using VerifyXunit;

namespace Bitrix24.Tests;

public sealed class ErrorMappingTests
{
    [Fact]
    public async Task Every_row_and_alias_of_the_catalogue_under_every_status_it_is_seen_with()
    {
        var spec = await ProjectSpec.LoadAsync();
        var table = new StringBuilder();

        foreach (var group in InOrder(spec).GroupBy(example => example.Error["error"]!.GetValue<string>(), StringComparer.Ordinal))
        {
            table.Append(group.Key).Append('\n');
            foreach (var (status, name, error) in group.Append(("200", group.First().Name, group.First().Error)))
            {
                var outcome = await TestClient.Outcome(StubHandler.Answering(Status(status), error.ToJsonString()));
                table.Append(CultureInfo.InvariantCulture, $"  {status} {name}: {outcome}\n");
            }
        }

        await Verifier.Verify(table.ToString(), "txt");
    }

    [Fact]
    public async Task Message_of_every_row_of_the_catalogue()
    {
        var spec = await ProjectSpec.LoadAsync();
        var messages = new StringBuilder();

        foreach (var (status, _, error) in InOrder(spec).DistinctBy(example => example.Error["error"]!.GetValue<string>()))
        {
            messages.Append((await Thrown(Status(status), error.ToJsonString())).Message).Append('\n');
        }

        await Verifier.Verify(messages.ToString(), "txt");
    }

    [Fact]
    public async Task Codes_are_compared_without_regard_to_case_blanks_and_a_final_dot()
    {
        var table = new StringBuilder();
        foreach (var code in new[] { "entities_error", " ENTITIES_ERROR\t", "Entities_Error", "ENTITIES IS NOT ARRAY.", "  entities is not array . ", "EXPIRED_TOKEN", "Insufficient_Scope", "Access denied.", "ACCESS_DENIED" })
        {
            table.Append(await TestClient.Outcome(StubHandler.Answering(HttpStatusCode.BadRequest, new JsonObject { ["error"] = code }.ToJsonString()))).Append('\n');
        }

        await Verifier.Verify(table.ToString(), "txt");
    }

    [Fact]
    public async Task Codes_outside_the_catalogue_go_by_the_status()
    {
        var table = new StringBuilder();
        foreach (var error in new[] { "\"BRAND_NEW_ERROR\"", "100", "0", "\"0\"", "\"\"", "1.5", "true", "{\"code\":1}", "[\"a\"]" })
        {
            table.Append("error = ").Append(error).Append('\n');
            foreach (var status in new[] { 200, 202, 400, 401, 402, 403, 404, 409, 418, 429, 500, 502, 503 })
            {
                table.Append("  ").Append(await TestClient.Outcome(StubHandler.Answering((HttpStatusCode)status, $$"""{"error":{{error}},"error_description":"Something."}"""))).Append('\n');
            }
        }

        await Verifier.Verify(table.ToString(), "txt");
    }

    [Fact]
    public async Task Descriptions_as_they_occur()
    {
        var table = new StringBuilder();
        foreach (var description in new[] { "\"Incorrect entities id<br>\"", "\"Two<br>lines<br /> <BR/>\\n\"", "null", "\"\"", "17", "[\"a\"]", "\"forged\\nlog line\\u2028x\"", $"\"{new string('x', 400)}\"" })
        {
            var exception = await Thrown(HttpStatusCode.BadRequest, $$"""{"error_description":{{description}},"error":"ENTITY_ERROR"}""");
            table.Append(exception.ErrorDescription?.Replace("\n", "\\n", StringComparison.Ordinal).Replace("\u2028", "\\u2028", StringComparison.Ordinal) ?? "null").Append('\n').Append("  ").Append(exception.Message).Append('\n');
        }

        await Verifier.Verify(table.ToString(), "txt");
    }

    [Fact]
    public async Task Endless_descriptions_are_cut()
    {
        var lineBreaks = string.Concat(Enumerable.Repeat("<br>", 30_000));

        var exception = await Thrown(HttpStatusCode.OK, $$"""{"error":"{{new string('x', 100_000)}}","error_description":"y{{lineBreaks}}"}""");

        Assert.Equal((16 * 1024, 16 * 1024), (exception.RawErrorCode!.Length, exception.ErrorDescription!.Length));
        Assert.Equal("y", (await Thrown(HttpStatusCode.OK, $$"""{"error":"x","error_description":"y{{lineBreaks.Substring(0, 12_000)}}"}""")).ErrorDescription);
    }

    [Fact]
    public async Task Retry_After_of_a_limit_is_passed_on()
    {
        var handler = StubHandler.Answering(HttpStatusCode.ServiceUnavailable, """{"error":"QUERY_LIMIT_EXCEEDED"}"""u8.ToArray(), adjust: response => response.Headers.Add("Retry-After", "7"));

        using var client = new TestClient(handler);
        var exception = await Assert.ThrowsAsync<Bitrix24RateLimitException>(() => client.Bitrix24.AddCallListAsync(TestClient.Request));

        Assert.Equal(TimeSpan.FromSeconds(7), exception.RetryAfter);
    }

    [Fact]
    public async Task Exception_names_the_method_and_the_attempts()
    {
        var exception = await Thrown(HttpStatusCode.BadRequest, """{"error":"ENTITY_ERROR"}""");

        Assert.Equal("crm.calllist.add", exception.Method);
        Assert.Equal(1, exception.Attempts);
    }

    /// <summary>Wherever in the spec the examples stand.</summary>
    private static IEnumerable<(string Status, string Name, JsonObject Error)> InOrder(SpecDocument spec) => spec.ErrorExamples
        .OrderBy(example => example.Error["error"]!.GetValue<string>(), StringComparer.Ordinal)
        .ThenBy(example => example.Status, StringComparer.Ordinal)
        .ThenBy(example => example.Name, StringComparer.Ordinal);

    private static HttpStatusCode Status(string status) => (HttpStatusCode)int.Parse(status, CultureInfo.InvariantCulture);

    private static async Task<Bitrix24Exception> Thrown(HttpStatusCode status, string body)
    {
        using var client = new TestClient(StubHandler.Answering(status, body));
        return await Assert.ThrowsAnyAsync<Bitrix24Exception>(() => client.Bitrix24.AddCallListAsync(TestClient.Request));
    }
}
