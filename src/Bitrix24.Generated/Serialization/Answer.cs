using System.Globalization;
using System.Net;
using System.Net.Http;
using System.Text;
using Newtonsoft.Json;

namespace Bitrix24;

/// <summary>Reads the answer to a call: the one place that tells a result from an error.</summary>
internal static class Answer
{
    private static readonly string[] Names = ["result", "error"];

    private enum Shape
    {
        Result,
        Error,
        Neither,
        Foreign,
        Broken,
    }

    /// <summary>Reads the answer of a method, mostly in one pass. What is no plain result in UTF-8 takes the long way.</summary>
    /// <exception cref="Bitrix24Exception">The answer is an error, or none that this client can read.</exception>
    internal static TResponse ReadResponse<TResponse>(in FailureContext context, HttpResponseMessage response, ResponseBody body, TimeProvider timeProvider)
        where TResponse : class, IResponse, new() =>
        (response.IsSuccessStatusCode && body.Length > 0 && body.Bytes[0] == '{' && IsUtf8(response.Content) ? AnswerReader.TryRead<TResponse>(body) : null)
        ?? Read<TResponse>(context, response, body, timeProvider);

    /// <param name="context">What call it is.</param>
    /// <param name="response">The head of the answer.</param>
    /// <param name="body">Its body.</param>
    /// <param name="timeProvider">The clock that a date to wait for goes by.</param>
    /// <param name="resultRequired">Whether the answer is one of a method, with a member <c>result</c>.</param>
    /// <exception cref="Bitrix24Exception">The answer is an error, or none that this client can read.</exception>
    internal static TResponse Read<TResponse>(in FailureContext context, HttpResponseMessage response, ResponseBody body, TimeProvider timeProvider, bool resultRequired = true)
    {
        var status = response.StatusCode;
        var encoding = EncodingOf(response.Content);
        switch (ShapeOf(body, encoding, out var error))
        {
            case Shape.Error:
                throw ErrorMapping.ToException(context, status, error, RetryAfter(response, timeProvider));
            case Shape.Foreign when response.IsSuccessStatusCode:
            case Shape.Neither when response.IsSuccessStatusCode && resultRequired:
                throw TransportFailure.NoResult(context, status);
            case Shape.Result or Shape.Neither when response.IsSuccessStatusCode:
                return ReadResult<TResponse>(context, status, body, encoding);
            default:
                var retryAfter = RetryAfter(response, timeProvider);
                throw HttpStatusMapping.Find((int)status, body.Bytes.AsSpan(0, body.Length)) is { } meaning
                    ? ErrorMapping.ToException(context, status, meaning, retryAfter)
                    : TransportFailure.Unreadable(context, response, body.Length, retryAfter);
        }
    }

    /// <summary>
    /// Looks at the whole text before anything in it is believed: half an object or one with something after it is broken;
    /// one that says two things, or JSON of another kind, is foreign.
    /// An error under any HTTP status is an error.
    /// </summary>
    private static Shape ShapeOf(ResponseBody body, Encoding encoding, out PortalError error)
    {
        error = default;
        var isError = false;
        var hasError = false;
        var hasResult = false;
        var isForeign = false;
        try
        {
            using var json = Open(body, encoding);
            if (!ReadToken(json))
            {
                return Shape.Broken;
            }

            if (json.TokenType != JsonToken.StartObject)
            {
                return ShapeOfNoObject(json);
            }

            while (ReadToken(json) && json.TokenType == JsonToken.PropertyName)
            {
                var name = (string)json.Value!;
                ReadToken(json);
                switch (name)
                {
                    case "error":
                        isForeign |= hasError;
                        hasError = true;
                        isError = json.TokenType != JsonToken.Null;
                        error = json.TokenType == JsonToken.StartObject ? StructuredError.Read(json, error) : error with { Code = Scalar.Text(json) };
                        break;
                    case "error_description":
                        error = error with { Description = Scalar.Text(json) };
                        break;
                    case "result":
                        isForeign |= hasResult;
                        hasResult = true;
                        error = error with { BesideResult = json.TokenType != JsonToken.Null };
                        break;
                    default:
                        // The serializer would take it for the member of that name.
                        isForeign |= Names.Contains(name, StringComparer.OrdinalIgnoreCase);
                        break;
                }

                json.Skip();
            }

            if (json.TokenType != JsonToken.EndObject || ReadToken(json))
            {
                return Shape.Broken;
            }
        }
        catch (JsonException)
        {
            return Shape.Broken;
        }

        return isForeign ? Shape.Foreign : isError ? Shape.Error : hasResult ? Shape.Result : Shape.Neither;
    }

    private static Shape ShapeOfNoObject(JsonTextReader json)
    {
        var isArray = json.TokenType == JsonToken.StartArray;
        json.Skip();
        var isComplete = !isArray || (json.TokenType == JsonToken.EndArray && json.Depth == 0);
        return isComplete && !ReadToken(json) ? Shape.Foreign : Shape.Broken;
    }

    private static TResponse ReadResult<TResponse>(in FailureContext context, HttpStatusCode status, ResponseBody body, Encoding encoding)
    {
        try
        {
            using var json = Open(body, encoding);
            return Json.Serializer.Deserialize<TResponse>(json)!;
        }
        catch (JsonException)
        {
            throw TransportFailure.NoResult(context, status);
        }
    }

    private static JsonTextReader Open(ResponseBody body, Encoding encoding) => Json.Reader(new StreamReader(body.Open(), encoding, detectEncodingFromByteOrderMarks: true));

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

    private static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider timeProvider) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date - timeProvider.GetUtcNow() is var wait => wait > TimeSpan.Zero ? wait : TimeSpan.Zero,
        _ => null,
    };

    private static bool IsUtf8(HttpContent content)
    {
#if NET
        // What portals send is recognized without being taken apart.
        if (content.Headers.NonValidated.TryGetValues("Content-Type", out var type) && type.ToString() is "application/json; charset=utf-8" or "application/json;charset=utf-8" or "application/json")
        {
            return true;
        }
#endif
        return EncodingOf(content) is UTF8Encoding;
    }

    /// <summary>The declared encoding where there is one that is known here; a byte order mark counts for more.</summary>
    private static Encoding EncodingOf(HttpContent content)
    {
        try
        {
            return content.Headers.ContentType?.CharSet?.Trim('"') is { Length: > 0 } charset ? Encoding.GetEncoding(charset) : Encoding.UTF8;
        }
        catch (ArgumentException)
        {
            return Encoding.UTF8;
        }
    }
}
