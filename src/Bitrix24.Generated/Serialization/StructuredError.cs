using Bitrix24.Errors;
using Newtonsoft.Json;

namespace Bitrix24.Serialization;

/// <summary>Reads the error of REST 3.0: an object with <c>code</c>, <c>message</c> and, about the content of a request, <c>validation</c>.</summary>
internal static class StructuredError
{
    private static readonly string[] Names = ["code", "message", "validation"];
    private static readonly string[] DetailNames = ["field", "message"];

    /// <param name="json">Stands on the start of the object, and at its end afterwards.</param>
    /// <param name="error">What is known so far.</param>
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
            RefuseOtherCase(name, Names);
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
                RefuseOtherCase(name, DetailNames);
                field = name == "field" ? JsonScalar.Text(json) : field;
                message = name == "message" ? JsonScalar.Text(json) : message;
                json.Skip();
            }

            details.Add(field is null ? message ?? string.Empty : $"{field}: {message}");
        }
    }

    /// <summary>Nobody knows whether the member of that name is meant.</summary>
    private static void RefuseOtherCase(string name, string[] names)
    {
        if (Array.Exists(names, known => known != name && string.Equals(known, name, StringComparison.OrdinalIgnoreCase)))
        {
            throw new JsonSerializationException("a known name is written in another case");
        }
    }
}
