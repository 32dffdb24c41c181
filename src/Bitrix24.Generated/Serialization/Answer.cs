using System.Globalization;
using System.Net;
using System.Net.Http;
using System.Text;
using Newtonsoft.Json;

namespace Bitrix24;

/// <summary>Reads the answer to a call: the one place that tells a result from an error.</summary>
internal static class Answer
{
    private enum Shape
    {
        Result,
        Error,
        Neither,
        Foreign,
    }

    /// <exception cref="Bitrix24Exception">The answer is an error, or none that this client can read.</exception>
    internal static TResponse Read<TResponse>(string method, HttpResponseMessage response, MemoryStream body, Bitrix24Credentials credentials)
    {
        var status = response.StatusCode;
        switch (ShapeOf(body, out var error))
        {
            case Shape.Error:
                throw ErrorMapping.ToException(method, status, error, RetryAfter(response), credentials);
            case Shape.Result when response.IsSuccessStatusCode:
                return ReadResult<TResponse>(method, status, body);
            case Shape.Neither when response.IsSuccessStatusCode:
                throw TransportFailure.NoResult(method, status);
            default:
                throw TransportFailure.Unreadable(method, response, body.Length);
        }
    }

    /// <summary>
    /// Looks at the whole text before anything in it is believed: half an object, or one with something behind it, is no answer.
    /// An error under any HTTP status is an error.
    /// </summary>
    private static Shape ShapeOf(MemoryStream body, out PortalError error)
    {
        error = default;
        var isError = false;
        var hasResult = false;
        try
        {
            using var json = Open(body);
            if (!ReadToken(json) || json.TokenType != JsonToken.StartObject)
            {
                return Shape.Foreign;
            }

            while (ReadToken(json) && json.TokenType == JsonToken.PropertyName)
            {
                var name = (string)json.Value!;
                ReadToken(json);
                if (name == "error" && json.TokenType != JsonToken.Null)
                {
                    isError = true;
                    error = error with { Code = Text(json) };
                }
                else if (name == "error_description")
                {
                    error = error with { Description = Text(json) };
                }

                hasResult |= name == "result";
                json.Skip();
            }

            if (json.TokenType != JsonToken.EndObject || ReadToken(json))
            {
                return Shape.Foreign;
            }
        }
        catch (JsonException)
        {
            return Shape.Foreign;
        }

        return isError ? Shape.Error : hasResult ? Shape.Result : Shape.Neither;
    }

    private static TResponse ReadResult<TResponse>(string method, HttpStatusCode status, MemoryStream body)
    {
        try
        {
            using var json = Open(body);
            return Json.Serializer.Deserialize<TResponse>(json)!;
        }
        catch (JsonException)
        {
            throw TransportFailure.NoResult(method, status);
        }
    }

    private static JsonTextReader Open(MemoryStream body)
    {
        body.Position = 0;
        return Json.Reader(new StreamReader(body, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, bufferSize: 1024, leaveOpen: true));
    }

    private static bool ReadToken(JsonTextReader json)
    {
        while (json.Read())
        {
            if (json.TokenType != JsonToken.Comment)
            {
                return true;
            }
        }

        return false;
    }

    private static string? Text(JsonTextReader json) => json.TokenType switch
    {
        JsonToken.String or JsonToken.Integer or JsonToken.Float or JsonToken.Boolean => Convert.ToString(json.Value, CultureInfo.InvariantCulture),
        _ => null,
    };

    private static TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter?.Delta;
}
