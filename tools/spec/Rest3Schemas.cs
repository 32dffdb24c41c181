using System.Text.Json.Nodes;

namespace Bitrix24.Specs;

/// <summary>Collects the data types of a portal's document, each with a valid C# name.</summary>
/// <param name="source">The schemas of the document by their original names.</param>
internal sealed class Rest3Schemas(JsonObject source)
{
    private const string Prefix = "#/components/schemas/";
    private const string TimeName = "ResponseTime";
    private const int MaxDepth = 20;

    private readonly Dictionary<string, string> namesOfSource = new(StringComparer.Ordinal);

    /// <summary>Gets the prepared schemas. <c>ResponseTime</c> is a type of the package.</summary>
    public JsonObject Prepared { get; } = new()
    {
        [TimeName] = new JsonObject { ["type"] = "object", ["description"] = "The timing of the portal." },
    };

    /// <summary>Converts a name to Pascal case: <c>tasks.task.add</c> becomes TasksTaskAdd.</summary>
    public static string Pascal(string text)
    {
        char[] separators = [.. text.Where(character => !char.IsAsciiLetterOrDigit(character)).Distinct()];
        var name = string.Concat(text.Split(separators, StringSplitOptions.RemoveEmptyEntries).Select(word =>
            char.ToUpperInvariant(word[0]) + (word.Any(char.IsAsciiLetterLower) ? word[1..] : word[1..].ToLowerInvariant())));
        return name.Length > 0 && char.IsAsciiLetter(name[0]) ? name : "N" + name;
    }

    /// <summary>
    /// Returns the value at a path, or <see langword="null"/> if there is none. PHP writes an empty map as a list, which counts as empty.
    /// </summary>
    public static JsonNode? At(JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var key in path)
        {
            node = (node as JsonObject)?[key];
        }

        return node;
    }

    public static JsonObject ReferenceTo(string name) => new() { ["$ref"] = Prefix + name };

    /// <summary>Returns the target of a reference, or the schema itself.</summary>
    public JsonObject? Resolve(JsonObject schema)
    {
        for (var depth = 0; depth < MaxDepth && NameOf(schema) is { } name; depth++)
        {
            if (source[name] is not JsonObject target)
            {
                return null;
            }

            schema = target;
        }

        return schema;
    }

    /// <summary>
    /// Adds the schema of a request, with its required properties. In a response, the present properties depend on the selection.
    /// </summary>
    public string AddRequest(string name, string method, JsonObject schema)
    {
        Add(name, $"The parameters of `{method}`.", schema);
        if (schema["required"] is JsonArray { Count: > 0 } required)
        {
            Prepared[name]!["required"] = required.DeepClone();
        }

        return name;
    }

    public string AddResponse(string name, string method, JsonObject? schema)
    {
        var result = At(schema, "properties", "result")?.DeepClone() ?? new JsonObject();
        Add(name, $"The response of `{method}`.", new JsonObject { ["properties"] = new JsonObject { ["result"] = result } });
        Prepared[name]!["required"] = new JsonArray("result");
        Prepared[name]!["properties"]!["time"] = new JsonObject
        {
            ["description"] = "The timing of the portal. Absent if the portal did not send it.",
            ["allOf"] = new JsonArray(ReferenceTo(TimeName)),
        };
        return name;
    }

    private void Add(string name, string description, JsonObject schema)
    {
        // The name is added before the properties are read, because a schema can contain itself.
        var properties = new JsonObject();
        Prepared[name] = new JsonObject { ["type"] = "object", ["description"] = description, ["properties"] = properties };
        var usedNames = new HashSet<string>(StringComparer.Ordinal) { name };
        foreach (var (key, value) in schema["properties"] as JsonObject ?? [])
        {
            var member = value as JsonObject ?? [];
            var type = TypeOf(member, name + Pascal(key), depth: 0);
            var prepared = type.ContainsKey("$ref") ? new JsonObject { ["allOf"] = new JsonArray(type) } : type;
            prepared["description"] = (member["description"] ?? member["title"])?.ToString() is { Length: > 0 } text
                ? text
                : $"`{key}`, as the portal sends it.";
            var property = Pascal(key);
            while (!usedNames.Add(property))
            {
                property += "Value";
            }

            prepared["x-csharp-name"] = property;
            properties[key] = prepared;
        }
    }

    /// <summary>Returns the type of a schema. A schema with several types, or with none, becomes a JSON value.</summary>
    private JsonObject TypeOf(JsonObject schema, string name, int depth)
    {
        if (depth > MaxDepth)
        {
            return [];
        }

        if (NameOf(schema) is { } target)
        {
            return Resolve(schema) is not { } resolved ? []
                : resolved["properties"] is JsonObject { Count: > 0 } ? ReferenceTo(Named(target, resolved))
                : TypeOf(resolved, name, depth + 1);
        }

        switch (schema["type"]?.ToString())
        {
            case "integer":
                return new JsonObject { ["type"] = "integer", ["format"] = "int64" };
            case "number":
                return new JsonObject { ["type"] = "number", ["format"] = "double" };
            case "string" or "boolean":
                return new JsonObject { ["type"] = schema["type"]!.ToString() };
            case "array":
                var items = TypeOf(schema["items"] as JsonObject ?? [], name + "Item", depth + 1);
                return new JsonObject { ["type"] = "array", ["items"] = items };
            case "object" when schema["properties"] is JsonObject { Count: > 0 }:
                var uniqueName = UniqueName(name);
                Add(uniqueName, $"A part of `{name}`.", schema);
                return ReferenceTo(uniqueName);
            case "object":
                var values = TypeOf(schema["additionalProperties"] as JsonObject ?? [], name + "Value", depth + 1);
                return new JsonObject { ["type"] = "object", ["additionalProperties"] = values };
            default:
                return [];
        }
    }

    private string Named(string target, JsonObject schema)
    {
        if (!namesOfSource.TryGetValue(target, out var name))
        {
            namesOfSource[target] = name = UniqueName(Pascal(target));
            Add(name, schema["description"]?.ToString() is { Length: > 0 } text ? text : $"`{target}` of the portal.", schema);
        }

        return name;
    }

    private string UniqueName(string name)
    {
        // The generator treats every type whose name ends in Request as the argument of a method.
        name = name.EndsWith("Request", StringComparison.Ordinal) ? name + "Data" : name;
        while (Prepared.ContainsKey(name))
        {
            name += "Data";
        }

        return name;
    }

    private static string? NameOf(JsonObject schema)
    {
        var reference = schema["$ref"] ?? (schema["allOf"] is JsonArray { Count: 1 } single ? At(single[0], "$ref") : null);
        return reference?.ToString() is { } text && text.StartsWith(Prefix, StringComparison.Ordinal)
            ? text[Prefix.Length..].Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)
            : null;
    }
}
