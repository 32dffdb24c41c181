using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Bitrix24.Specs;
using VerifyXunit;

namespace Bitrix24.Tests;

public sealed class ErrorMappingTests
{
    [Fact]
    public async Task Every_row_and_alias_of_the_catalog_under_every_status_it_is_seen_with()
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
    public async Task Message_of_every_row_of_the_catalog()
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
        foreach (
            var code in new[]
            {
                "entities_error",
                " ENTITIES_ERROR\t",
                "Entities_Error",
                "ENTITIES IS NOT ARRAY.",
                "  entities is not array . ",
                "EXPIRED_TOKEN",
                "Insufficient_Scope",
                "Access denied.",
                "ACCESS_DENIED",
            }
        )
        {
            table
                .Append(
                    await TestClient.Outcome(
                        StubHandler.Answering(HttpStatusCode.BadRequest, new JsonObject { ["error"] = code }.ToJsonString())
                    )
                )
                .Append('\n');
        }

        await Verifier.Verify(table.ToString(), "txt");
    }

    [Theory]
    [InlineData(401, "authorization_error", "AuthorizeError", typeof(Bitrix24AuthenticationException))]
    [InlineData(200, "wrong_client", "WrongClient", typeof(Bitrix24AuthenticationException))]
    [InlineData(401, "NOT_INSTALLED", "NotInstalled", typeof(Bitrix24AuthenticationException))]
    [InlineData(400, "bad_verification_code", "BadVerificationCode", typeof(Bitrix24AuthenticationException))]
    [InlineData(403, "allowed_only_intranet_user", "AllowedOnlyIntranetUser", typeof(Bitrix24AccessDeniedException))]
    [InlineData(400, "INVALID_ARG_VALUE", "InvalidArgValue", typeof(Bitrix24InvalidRequestException))]
    [InlineData(404, "NOT_FOUND", "NotFound", typeof(Bitrix24InvalidRequestException))]
    [InlineData(400, "Incorrect list id or access denied", "ListIdError", typeof(Bitrix24InvalidRequestException))]
    [InlineData(
        400,
        "Discrepancy between the type of call participants and incoming type",
        "EntityTypeError",
        typeof(Bitrix24InvalidRequestException)
    )]
    public async Task Rejection_codes_of_the_catalog_are_not_executed(int status, string code, string errorCode, Type type)
    {
        var exception = await Thrown((HttpStatusCode)status, new JsonObject { ["error"] = code }.ToJsonString());

        Assert.IsType(type, exception);
        Assert.Equal(errorCode, exception.ErrorCode.ToString());
        Assert.Equal((CallExecution.NotExecuted, RetryDisposition.Never), (exception.Execution, exception.Retry));
    }

    [Theory]
    [InlineData(404, "METHODNOTFOUND", "ErrorMethodNotFound", RetryDisposition.Never)]
    [InlineData(400, "INVALIDFILTER", "InvalidFilter", RetryDisposition.Never)]
    [InlineData(400, "INVALIDORDER", "InvalidOrder", RetryDisposition.Never)]
    [InlineData(400, "INVALIDPAGINATION", "InvalidPagination", RetryDisposition.Never)]
    [InlineData(400, "VALIDATION_DTOVALIDATION", "ValidationFailed", RetryDisposition.Never)]
    [InlineData(400, "VALIDATION_REQUESTFILTERVALIDATION", "ValidationFailed", RetryDisposition.Never)]
    [InlineData(400, "FIELDNOTFOUND", "UnknownField", RetryDisposition.Never)]
    [InlineData(403, "ACCESSDENIED", "ObjectAccessDenied", RetryDisposition.Never)]
    [InlineData(429, "RATELIMIT", "OperationTimeLimit", RetryDisposition.AfterWaiting)]
    public async Task Codes_of_REST_3_are_known_with_and_without_their_namespace(int status, string name, string errorCode, object retry)
    {
        string[] codes =
        [
            name,
            name + "EXCEPTION",
            "bitrix_rest_v3_exception_" + name,
            $"BITRIX_REST_V3_EXCEPTION_{name}EXCEPTION",
            $"BITRIX_REST_V3_REALISATION_EXCEPTIONS_{name}EXCEPTION",
        ];
        foreach (var code in codes)
        {
            var exception = await Thrown((HttpStatusCode)status, $$$"""{"error":{"code":"{{{code}}}","message":"Something."}}""");

            Assert.Equal((code, errorCode), (exception.RawErrorCode, exception.ErrorCode.ToString()));
            Assert.Equal((CallExecution.NotExecuted, (RetryDisposition)retry), (exception.Execution, exception.Retry));
        }
    }

    [Theory]
    [InlineData("EXCEPTION")]
    [InlineData("BITRIX_REST_V3_EXCEPTION_")]
    [InlineData("BITRIX_REST_V3_INVALIDFILTER")]
    [InlineData("BITRIX_REST_V3_EXCEPTION_INTERNAL_INTERNALEXCEPTION")]
    [InlineData("BITRIX_REST_V3_EXCEPTION_INTERNAL_ORMSAVEEXCEPTION")]
    public async Task Unlisted_codes_of_REST_3_are_unknown(string code)
    {
        var exception = await Thrown(HttpStatusCode.InternalServerError, $$$"""{"error":{"code":"{{{code}}}","message":"Something."}}""");

        Assert.Equal((Bitrix24ErrorCode.Unknown, CallExecution.Unknown), (exception.ErrorCode, exception.Execution));
    }

    [Fact]
    public async Task Unlisted_codes_depend_on_the_status()
    {
        var table = new StringBuilder();
        foreach (var error in new[] { "\"BRAND_NEW_ERROR\"", "100", "0", "\"0\"", "\"\"", "1.5", "true", "{\"code\":1}", "[\"a\"]" })
        {
            table.Append("error = ").Append(error).Append('\n');
            foreach (var status in new[] { 200, 202, 400, 401, 402, 403, 404, 409, 418, 429, 500, 502, 503 })
            {
                table
                    .Append("  ")
                    .Append(
                        await TestClient.Outcome(
                            StubHandler.Answering((HttpStatusCode)status, $$"""{"error":{{error}},"error_description":"Something."}""")
                        )
                    )
                    .Append('\n');
            }
        }

        await Verifier.Verify(table.ToString(), "txt");
    }

    [Fact]
    public async Task Descriptions_as_they_occur()
    {
        var table = new StringBuilder();
        foreach (
            var description in new[]
            {
                "\"Incorrect entities id<br>\"",
                "\"Two<br>lines<br /> <BR/>\\n\"",
                "null",
                "\"\"",
                "17",
                "[\"a\"]",
                "\"forged\\nlog line\\u2028x\"",
                $"\"{new string('x', 400)}\"",
            }
        )
        {
            var exception = await Thrown(HttpStatusCode.BadRequest, $$"""{"error_description":{{description}},"error":"ENTITY_ERROR"}""");
            table
                .Append(
                    exception
                        .ErrorDescription?.Replace("\n", "\\n", StringComparison.Ordinal)
                        .Replace("\u2028", "\\u2028", StringComparison.Ordinal)
                        ?? "null"
                )
                .Append('\n')
                .Append("  ")
                .Append(exception.Message)
                .Append('\n');
        }

        await Verifier.Verify(table.ToString(), "txt");
    }

    /// <summary>
    /// Contains ESC, BEL, a C1 control and characters that change the direction of text, because messages appear on terminals and in logs.
    /// </summary>
    [Theory]
    [InlineData("\\u001b]0;x\\u0007\\u009b", " ]0;x")]
    [InlineData("\\u202a\\u202e\\u2066\\u2069", "")]
    [InlineData("\\u200e\\u200f\\u061c", "")]
    public async Task Message_contains_no_control_characters(string said, string shown)
    {
        var body = $$"""{"error":"NEW_ERROR{{said}}","error_description":"Before{{said}}."}""";

        var exception = await Thrown(HttpStatusCode.BadRequest, body);

        Assert.Contains($"(NEW_ERROR{shown}, HTTP 400)", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(exception.Message, character => character is < ' ' or > '~');
    }

    [Fact]
    public async Task Long_descriptions_are_truncated()
    {
        var lineBreaks = string.Concat(Enumerable.Repeat("<br>", 30_000));

        var exception = await Thrown(
            HttpStatusCode.OK,
            $$"""{"error":"{{new string('x', 100_000)}}","error_description":"y{{lineBreaks}}"}"""
        );

        Assert.Equal((16 * 1024, 16 * 1024), (exception.RawErrorCode!.Length, exception.ErrorDescription!.Length));
        Assert.Equal(
            "y",
            (
                await Thrown(HttpStatusCode.OK, $$"""{"error":"x","error_description":"y{{lineBreaks.Substring(0, 12_000)}}"}""")
            ).ErrorDescription
        );
    }

    [Fact]
    public async Task Retry_After_of_a_limit_is_passed_on()
    {
        var handler = StubHandler.Answering(
            HttpStatusCode.ServiceUnavailable,
            """{"error":"QUERY_LIMIT_EXCEEDED"}"""u8.ToArray(),
            adjust: response => response.Headers.Add("Retry-After", "7")
        );

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

    /// <summary>Finds the examples anywhere in the spec.</summary>
    private static IEnumerable<(string Status, string Name, JsonObject Error)> InOrder(SpecDocument spec) =>
        spec
            .ErrorExamples.OrderBy(example => example.Error["error"]!.GetValue<string>(), StringComparer.Ordinal)
            .ThenBy(example => example.Status, StringComparer.Ordinal)
            .ThenBy(example => example.Name, StringComparer.Ordinal);

    private static HttpStatusCode Status(string status) => (HttpStatusCode)int.Parse(status, CultureInfo.InvariantCulture);

    private static async Task<Bitrix24Exception> Thrown(HttpStatusCode status, string body)
    {
        using var client = new TestClient(StubHandler.Answering(status, body));
        return await Assert.ThrowsAnyAsync<Bitrix24Exception>(() => client.Bitrix24.AddCallListAsync(TestClient.Request));
    }
}
