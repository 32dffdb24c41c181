using System.Net;

namespace Bitrix24.Tests;

/// <summary>Tests the error format of REST 3.0.</summary>
public sealed class StructuredErrorTests
{
    [Theory]
    [InlineData(
        """{"error":{"code":"INTERNAL_SERVER_ERROR","message":"Broken"}}""",
        "Bitrix24ServerException | InternalServerError | \"INTERNAL_SERVER_ERROR\" | \"Broken\" | Unknown"
    )]
    [InlineData(
        """{"error":{"message":"No field","code":"BITRIX_REST_V3_EXCEPTION_UNKNOWNDTOPROPERTYEXCEPTION"}}""",
        "Bitrix24InvalidRequestException | UnknownField | \"BITRIX_REST_V3_EXCEPTION_UNKNOWNDTOPROPERTYEXCEPTION\" | \"No field\" | NotExecuted"
    )]
    [InlineData(
        """{"error":{"code":"bitrix_rest_v3_exception_insufficientscopeexception","message":null}}""",
        "Bitrix24AccessDeniedException | InsufficientScope | \"bitrix_rest_v3_exception_insufficientscopeexception\" | null | NotExecuted"
    )]
    [InlineData(
        """{"error":{"code":"NEW","message":"Wrong.","validation":[{"field":"a","message":"is """
            + """[x]","more":{"message":"no"}},{"message":"alone"},7,["b",{"message":"nested"}]],"customData":{"code":"X"}}}""",
        "Bitrix24InvalidRequestException | Unknown | \"NEW\" | \"Wrong: a: is [x]; alone\" | Unknown"
    )]
    [InlineData(
        """{"error":{"code":"NEW","validation":{"field":"a"}},"error_description":"beside"}""",
        "Bitrix24InvalidRequestException | Unknown | \"NEW\" | \"beside\" | Unknown"
    )]
    [InlineData("""{"error":{}}""", "Bitrix24InvalidRequestException | Unknown | null | null | Unknown")]
    [InlineData("""{"error":{"code":["a"],"message":{"b":1}}}""", "Bitrix24InvalidRequestException | Unknown | null | null | Unknown")]
    [InlineData(
        """{"error":{"code":"ACCESS_DENIED"},"result":{"item":{"id":1}}}""",
        "Bitrix24AccessDeniedException | AccessDenied | \"ACCESS_DENIED\" | null | Unknown"
    )]
    [InlineData(
        """{"error":{"code":"NEW","message":"Wrong","validation":[{}]}}""",
        "Bitrix24InvalidRequestException | Unknown | \"NEW\" | \"Wrong:\" | Unknown"
    )]
    [InlineData(
        """{"error_description":"beside","error":{"code":"NEW","message":"inside"}}""",
        "Bitrix24InvalidRequestException | Unknown | \"NEW\" | \"inside\" | Unknown"
    )]
    [InlineData(
        """{"error_description":"beside","error":{"code":"NEW"}}""",
        "Bitrix24InvalidRequestException | Unknown | \"NEW\" | \"beside\" | Unknown"
    )]
    public async Task Error_object_provides_code_message_and_field_errors(string body, string expected) =>
        Assert.Equal(
            expected,
            (await TestClient.Outcome(StubHandler.Answering(HttpStatusCode.BadRequest, body))).Replace(
                " | BadRequest | ",
                " | ",
                StringComparison.Ordinal
            )
        );

    [Theory]
    [InlineData("""{"error":{"code":"ACCESS_DENIED","message":"x""")]
    [InlineData("""{"error":{"code":"ACCESS_DENIED","validation":[{"field":"a"}""")]
    [InlineData("""{"error":{"code":"ACCESS_DENIED"},"error":"x"}""")]
    [InlineData("""{"error":{"code":"ACCESS_DENIED","code":"ACCESS_DENIED"}}""")]
    [InlineData("""{"error":{"code":"ACCESS_DENIED","Code":"x"}}""")]
    [InlineData("""{"error":{"Code":"ACCESS_DENIED"}}""")]
    [InlineData("""{"error":{"code":"ACCESS_DENIED","MESSAGE":"x"}}""")]
    [InlineData("""{"error":{"code":"ACCESS_DENIED","validation":[{"Field":"a"}]}}""")]
    [InlineData("""{"error":{"code":"ACCESS_DENIED","validation":[{"field":"a","field":"b"}]}}""")]
    [InlineData("""{"error":"ACCESS_DENIED","Error_Description":"x"}""")]
    [InlineData("""{"error":{/*a*/"code":"ACCESS_DENIED"}}""")]
    [InlineData("""{"error":{code:"ACCESS_DENIED"}}""")]
    [InlineData("""{"error":{"code":'ACCESS_DENIED'}}""")]
    [InlineData("""{"error":{"code":"ACCESS_DENIED",}}""")]
    public async Task Malformed_error_object_is_not_a_response(string body) =>
        Assert.StartsWith(
            "Bitrix24TransportException | BadRequest",
            await TestClient.Outcome(StubHandler.Answering(HttpStatusCode.BadRequest, body)),
            StringComparison.Ordinal
        );
}
