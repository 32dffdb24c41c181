using Newtonsoft.Json;

namespace Bitrix24;

/// <summary>Reads the error of REST 3.0: an object with <c>code</c>, <c>message</c> and, about the content of a request, <c>validation</c>.</summary>
internal static class StructuredError
{
    /// <param name="json">Stands on the start of the object, and at its end afterwards.</param>
    /// <param name="error">What is known so far.</param>
    internal static PortalError Read(JsonTextReader json, PortalError error)
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
            switch (name)
            {
                case "code":
                    code = Scalar.Text(json);
                    break;
                case "message":
                    message = Scalar.Text(json);
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

    private static void ReadDetails(JsonTextReader json, List<string> details)
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
                field = name == "field" ? Scalar.Text(json) : field;
                message = name == "message" ? Scalar.Text(json) : message;
                json.Skip();
            }

            details.Add(field is null ? message ?? string.Empty : $"{field}: {message}");
        }
    }
}
