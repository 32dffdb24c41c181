using System.Text.Json.Nodes;

namespace Bitrix24.Specs;

/// <summary>The data types of a portal's document, each with a name that C# knows.</summary>
/// <param name="source">The schemas of the document by their names there.</param>
internal sealed class Rest3Schemas(JsonObject source)
{
    private const string Prefix = "#/components/schemas/";
    private const string TimeName = "ResponseTime";
    private const int Deepest = 20;

    private readonly Dictionary<string, string> namesOfSource = new(StringComparer.Ordinal);

    /// <summary>The time is a type of the package.</summary>
    public JsonObject Prepared { get; } = new() { [TimeName] = new JsonObject { ["type"] = "object", ["description"] = "How long the portal took." } };

    /// <summary><c>tasks.task.add</c> becomes TasksTaskAdd.</summary>
    public static string Pascal(string text)
    {
        var words = text.Split([.. text.Where(character => !char.IsAsciiLetterOrDigit(character)).Distinct()], StringSplitOptions.RemoveEmptyEntries);
        var name = string.Concat(words.Select(word => char.ToUpperInvariant(word[0]) + (word.Any(char.IsAsciiLetterLower) ? word[1..] : word[1..].ToLowerInvariant())));
        return name.Length > 0 && char.IsAsciiLetter(name[0]) ? name : "N" + name;
    }

    /// <summary>A member of a member; <see langword="null"/> where there is none. PHP writes a map without members as a list.</summary>
    public static JsonNode? At(JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var key in path)
        {
            node = (node as JsonObject)?[key];
        }

        return node;
    }

    public static JsonObject ReferenceTo(string name) => new() { ["$ref"] = Prefix + name };

    /// <summary>What a reference leads to.</summary>
    public JsonObject? Resolve(JsonObject schema)
    {
        for (var depth = 0; depth < Deepest && NameOf(schema) is { } name; depth++)
        {
            if (source[name] is not JsonObject target)
            {
                return null;
            }

            schema = target;
        }

        return schema;
    }

    /// <summary>What is required of a request is known; of an answer it depends on what was selected.</summary>
    public string AddRequest(string name, string method, JsonObject schema)
    {
        Add(name, $"What `{method}` is called with.", schema);
        if (schema["required"] is JsonArray { Count: > 0 } required)
        {
            Prepared[name]!["required"] = required.DeepClone();
        }

        return name;
    }

    public string AddResponse(string name, string method, JsonObject? schema)
    {
        Add(name, $"What `{method}` answers.", new JsonObject { ["properties"] = new JsonObject { ["result"] = At(schema, "properties", "result")?.DeepClone() ?? new JsonObject() } });
        Prepared[name]!["required"] = new JsonArray("result");
        Prepared[name]!["properties"]!["time"] = new JsonObject { ["description"] = "How long the portal took. Absent when the portal did not say.", ["allOf"] = new JsonArray(ReferenceTo(TimeName)) };
        return name;
    }

    private void Add(string name, string description, JsonObject schema)
    {
        // Known before its members are looked at: it may contain itself.
        var properties = new JsonObject();
        Prepared[name] = new JsonObject { ["type"] = "object", ["description"] = description, ["properties"] = properties };
        var taken = new HashSet<string>(StringComparer.Ordinal) { name };
        foreach (var (key, value) in schema["properties"] as JsonObject ?? [])
        {
            var member = value as JsonObject ?? [];
            var type = TypeOf(member, name + Pascal(key), depth: 0);
            var prepared = type.ContainsKey("$ref") ? new JsonObject { ["allOf"] = new JsonArray(type) } : type;
            prepared["description"] = (member["description"] ?? member["title"])?.ToString() is { Length: > 0 } text ? text : $"`{key}`, as the portal sends it.";
            var property = Pascal(key);
            while (!taken.Add(property))
            {
                property += "Value";
            }

            prepared["x-csharp-name"] = property;
            properties[key] = prepared;
        }
    }

    /// <summary>What can be several things, or is nothing in particular, is a JSON value.</summary>
    private JsonObject TypeOf(JsonObject schema, string name, int depth)
    {
        if (depth > Deepest)
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
                return new JsonObject { ["type"] = "array", ["items"] = TypeOf(schema["items"] as JsonObject ?? [], name + "Item", depth + 1) };
            case "object" when schema["properties"] is JsonObject { Count: > 0 }:
                var own = Free(name);
                Add(own, $"A part of `{name}`.", schema);
                return ReferenceTo(own);
            case "object":
                return new JsonObject { ["type"] = "object", ["additionalProperties"] = TypeOf(schema["additionalProperties"] as JsonObject ?? [], name + "Value", depth + 1) };
            default:
                return [];
        }
    }

    private string Named(string target, JsonObject schema)
    {
        if (!namesOfSource.TryGetValue(target, out var name))
        {
            namesOfSource[target] = name = Free(Pascal(target));
            Add(name, schema["description"]?.ToString() is { Length: > 0 } text ? text : $"`{target}` of the portal.", schema);
        }

        return name;
    }

    private string Free(string name)
    {
        // A name on Request would make it the argument of a method.
        name = name.EndsWith("Request", StringComparison.Ordinal) ? name + "Data" : name;
        while (Prepared.ContainsKey(name))
        {
            name += "Data";
        }

        return name;
    }

    private static string? NameOf(JsonObject schema)
    {
        var reference = schema["$ref"] ?? (schema["allOf"] is JsonArray { Count: 1 } one ? At(one[0], "$ref") : null);
        return reference?.ToString() is { } text && text.StartsWith(Prefix, StringComparison.Ordinal)
            ? text[Prefix.Length..].Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)
            : null;
    }
}
