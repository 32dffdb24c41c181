using System.Text;
using Bitrix24.Errors;
using Bitrix24.Operations;
using Bitrix24.Serialization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Http;

/// <summary>Reads the response to a call and distinguishes results from errors.</summary>
internal static class ResponseClassifier
{
    private static readonly string[] Names = ["result", "error", "error_description"];

    private enum Shape
    {
        Result,
        Error,
        Neither,
        Invalid,
        Broken,
    }

    /// <summary>Reads the response of a method. A result is read in one pass.</summary>
    /// <exception cref="Bitrix24Exception">The response is an error or unreadable.</exception>
    internal static TResponse ReadResponse<TResponse>(
        in ErrorContext context,
        HttpResponseMessage response,
        ResponseBody body,
        TimeProvider timeProvider)
        where TResponse : class, IResponse, new()
    {
        var text = TextOf(body, response.Content);
        string? path = null;
        if (response.IsSuccessStatusCode && ResponseReader.TryRead<TResponse>(text, Json.Serializer, out path) is { } result)
        {
            return result;
        }

        var shape = ShapeOf(text, out var error);
        throw shape == Shape.Result && response.IsSuccessStatusCode && new TResponse() is IUntypedResponse untyped
            ? TransportErrors.ResultOfAnotherType(context, response.StatusCode, untyped.ResultType, path)
            : ToException(context, response, body, shape, error, timeProvider);
    }

    /// <summary>Reads a response that is any object without an error.</summary>
    /// <inheritdoc cref="ReadResponse"/>
    internal static JObject ReadObject(
        in ErrorContext context,
        HttpResponseMessage response,
        ResponseBody body,
        TimeProvider timeProvider)
    {
        var text = TextOf(body, response.Content);
        var shape = ShapeOf(text, out var error);
        return (response.IsSuccessStatusCode && shape is Shape.Result or Shape.Neither ? TryReadObject(text) : null)
            ?? throw ToException(context, response, body, shape, error, timeProvider);
    }

    /// <summary>Returns the exception for a response that is not a result.</summary>
    private static Bitrix24Exception ToException(
        in ErrorContext context,
        HttpResponseMessage response,
        ResponseBody body,
        Shape shape,
        PortalError error,
        TimeProvider timeProvider) => shape switch
        {
            Shape.Error => ErrorMapping.ToException(context, response.StatusCode, error, RetryAfter(response, timeProvider)),
            Shape.Result or Shape.Neither or Shape.Invalid when response.IsSuccessStatusCode =>
                TransportErrors.NoResult(context, response.StatusCode),

            // With a result in the response, the status does not prove that the call was not executed.
            _ when !error.HasResult && HttpStatusMapping.Find((int)response.StatusCode, body.Bytes.AsSpan(0, body.Length)) is { } meaning =>
                ErrorMapping.ToException(context, response.StatusCode, meaning, RetryAfter(response, timeProvider)),
            _ => TransportErrors.Unreadable(context, response, body.Length, RetryAfter(response, timeProvider)),
        };

    private static JObject? TryReadObject(ArraySegment<byte> text)
    {
        try
        {
            return Json.Serializer.Deserialize<JObject>(new StrictJsonReader(text));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>
    /// Classifies the whole text. An incomplete object, or one with text after it, is broken. Contradictory or other JSON is invalid. An
    /// error is an error regardless of the HTTP status.
    /// </summary>
    private static Shape ShapeOf(ArraySegment<byte> text, out PortalError error)
    {
        error = default;
        var isError = false;
        var hasResult = false;
        var isInvalid = false;
        try
        {
            var json = new StrictJsonReader(text);
            json.Read();
            if (json.TokenType != JsonToken.StartObject)
            {
                json.SkipValue();
                return json.Read() ? Shape.Broken : Shape.Invalid;
            }

            while (json.Read() && json.TokenType == JsonToken.PropertyName)
            {
                var name = (string)json.Value!;
                json.Read();
                switch (name)
                {
                    case "error":
                        isError = json.TokenType != JsonToken.Null;
                        error = ReadError(json, error);
                        break;
                    case "error_description":
                        error = error with { Description = JsonScalar.Text(json) };
                        break;
                    case "result":
                        hasResult = true;
                        error = error with { HasResult = json.TokenType != JsonToken.Null };
                        break;
                    default:
                        // A known name in another case is ambiguous.
                        isInvalid |= Names.Contains(name, StringComparer.OrdinalIgnoreCase);
                        break;
                }

                json.SkipValue();
            }

            if (json.Read())
            {
                return Shape.Broken;
            }
        }
        catch (RepeatedMemberException)
        {
            return Shape.Invalid;
        }
        catch (JsonException)
        {
            return Shape.Broken;
        }

        return isInvalid ? Shape.Invalid
            : isError ? Shape.Error
            : hasResult ? Shape.Result
            : Shape.Neither;
    }

    private static PortalError ReadError(StrictJsonReader json, PortalError error) => json.TokenType == JsonToken.StartObject
        ? StructuredError.Read(json, error)
        : error with { Code = JsonScalar.Text(json) };

    private static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider timeProvider) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date - timeProvider.GetUtcNow() is var wait => wait > TimeSpan.Zero ? wait : TimeSpan.Zero,
        _ => null,
    };

    /// <summary>Returns the text in UTF-8 without a byte order mark. The mark takes precedence over the header.</summary>
    private static ArraySegment<byte> TextOf(ResponseBody body, HttpContent content)
    {
        var bytes = body.Bytes.AsSpan(0, body.Length);
        var (marked, mark) = bytes.StartsWith<byte>([0xEF, 0xBB, 0xBF]) ? (Encoding.UTF8, 3)
            : bytes.StartsWith<byte>([0, 0, 0xFE, 0xFF]) ? (new UTF32Encoding(bigEndian: true, byteOrderMark: true), 4)
            : bytes.StartsWith<byte>([0xFF, 0xFE, 0, 0]) ? (Encoding.UTF32, 4)
            : bytes.StartsWith<byte>([0xFE, 0xFF]) ? (Encoding.BigEndianUnicode, 2)
            : bytes.StartsWith<byte>([0xFF, 0xFE]) ? (Encoding.Unicode, 2)
            : ((Encoding?)null, 0);
        var encoding = marked ?? EncodingOf(content);
        return encoding is UTF8Encoding
            ? new ArraySegment<byte>(body.Bytes, mark, body.Length - mark)
            : new ArraySegment<byte>(Encoding.Convert(encoding, Encoding.UTF8, body.Bytes, mark, body.Length - mark));
    }

    private static Encoding EncodingOf(HttpContent content)
    {
#if NET
        // Avoids parsing the values that portals usually send.
        if (content.Headers.NonValidated.TryGetValues("Content-Type", out var type)
            && type.ToString() is "application/json; charset=utf-8" or "application/json;charset=utf-8" or "application/json")
        {
            return Encoding.UTF8;
        }
#endif
        try
        {
            var charset = content.Headers.ContentType?.CharSet?.Trim('"');
            return charset is { Length: > 0 } ? Encoding.GetEncoding(charset) : Encoding.UTF8;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return Encoding.UTF8;
        }
    }
}
