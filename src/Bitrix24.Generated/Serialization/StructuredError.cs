using Bitrix24.Errors;
using Newtonsoft.Json;

namespace Bitrix24.Serialization;

/// <summary>
/// Reads the error of REST 3.0: an object with <c>code</c>, <c>message</c> and, for an invalid request, <c>validation</c>.
/// </summary>
internal static class StructuredError
{
    private static readonly string[] Names = ["code", "message", "validation"];
    private static readonly string[] DetailNames = ["field", "message"];

    /// <param name="json">The reader, at the start of the object. Afterwards it is at the end.</param>
    /// <param name="error">The error as read so far.</param>
    internal static PortalError Read(JsonReader json, PortalError error)
    {
        string? code = null;
        string? message = null;
        var details = new List<string>();
        while (json.Read() && json.TokenType != JsonToken.EndObject)
        {
            if (json.TokenType != JsonToken.PropertyName)
            {
                continue;
            }

            var name = (string)json.Value!;
            json.Read();
            ThrowIfOtherCase(name, Names);
            switch (name)
            {
                case "code":
                    code = JsonScalar.Text(json);
                    break;
                case "message":
                    message = JsonScalar.Text(json);
                    break;
                case "validation" when json.TokenType == JsonToken.StartArray:
                    ReadDetails(json, details);
                    continue;
            }

            json.Skip();
        }

        var description = details.Count == 0 ? message : $"{message?.TrimEnd('.')}: {string.Join("; ", details)}";
        return error with { Code = code, Description = description ?? error.Description };
    }

    private static void ReadDetails(JsonReader json, List<string> details)
    {
        while (json.Read() && json.TokenType != JsonToken.EndArray)
        {
            string? field = null;
            string? message = null;
            var depth = json.Depth;
            if (json.TokenType != JsonToken.StartObject)
            {
                json.Skip();
                continue;
            }

            while (json.Read() && json.Depth > depth)
            {
                if (json.TokenType != JsonToken.PropertyName)
                {
                    continue;
                }

                var name = (string)json.Value!;
                json.Read();
                ThrowIfOtherCase(name, DetailNames);
                field = name == "field" ? JsonScalar.Text(json) : field;
                message = name == "message" ? JsonScalar.Text(json) : message;
                json.Skip();
            }

            details.Add(field is null ? message ?? string.Empty : $"{field}: {message}");
        }
    }

    /// <summary>Throws if a known name is written in another case, because it is ambiguous.</summary>
    private static void ThrowIfOtherCase(string name, string[] names)
    {
        if (Array.Exists(names, known => known != name && string.Equals(known, name, StringComparison.OrdinalIgnoreCase)))
        {
            throw new JsonSerializationException("a known name is written in another case");
        }
    }
}
