using System.Text.Json.Nodes;

namespace Bitrix24.Specs;

/// <summary>Checks the data types.</summary>
internal static class SchemaRules
{
    private static readonly string[] KnownTypes = ["object", "array", "string", "integer", "number", "boolean"];
    private static readonly string[] LenientTypes = ["double", "int64", "date-time", "string", "BooleanOrFlag", "IntegerOrDigits"];

    /// <summary>The keys that the templates support. They would silently ignore any other key.</summary>
    private static readonly string[] SupportedKeys =
    [
        "type", "format", "description", "required", "properties", "items", "allOf", "$ref", "externalDocs", "nullable",
        "minimum", "minItems", "uniqueItems", "minProperties", "maxProperties", "additionalProperties", "enum",
        "x-enumNames", "x-enum-descriptions", "x-csharp-name", "x-lenient", "x-extensible", "x-map-of", "x-reference",
    ];

    public static IEnumerable<SpecFinding> Types(SpecDocument spec) =>
        from schema in spec.WrittenSchemas
        from type in Values(schema.Value, "type")
        where !KnownTypes.Contains(type, StringComparer.Ordinal)
        select SpecFinding.InSchema(schema.Key, $"'{type}' is not a type.", $"Use one of {string.Join(", ", KnownTypes)}.");

    public static IEnumerable<SpecFinding> Generable(SpecDocument spec) =>
        from schema in spec.WrittenSchemas
        where schema.Key != SpecDocument.CatalogName && !spec.WrittenByHand.Contains(schema.Key, StringComparer.Ordinal)
        from finding in Generable(spec, schema.Key, schema.Value as JsonObject ?? [])
        select finding;

    private static IEnumerable<SpecFinding> Generable(SpecDocument spec, string name, JsonObject schema)
    {
        foreach (var word in Words(schema).Except(SupportedKeys, StringComparer.Ordinal))
        {
            yield return SpecFinding.InSchema(
                name,
                $"the templates do not support '{word}'.",
                "Use only supported keys, or exclude the schema in nswag.json and write its C# type by hand.");
        }

        if (schema["enum"] is not null && schema["type"]?.ToString() != "string")
        {
            yield return SpecFinding.InSchema(name, "only an enum of strings has a C# type.", "Set its type to string.");
        }

        if (schema.ContainsKey("additionalProperties"))
        {
            yield return SpecFinding.InSchema(
                name,
                "a schema cannot be a map.",
                "Write additionalProperties at the property, or at the items of the list, that contains the map.");
        }

        foreach (var (key, member) in schema["properties"]?.AsObject() ?? [])
        {
            if (member is not JsonObject described
                || described.ContainsKey("enum")
                || described.ContainsKey("properties")
                || described["items"]?["properties"] is not null)
            {
                yield return SpecFinding.InSchema(
                    name, $"the type of {key} has no name.", "Move it to a named schema, and refer to that schema.");
            }
            else if (schema["x-lenient"] is not null
                && !LenientTypes.Contains(TypeOf(described), StringComparer.Ordinal)
                && spec.WrittenSchemas.FirstOrDefault(other => other.Key == TypeOf(described)).Value?["enum"] is null)
            {
                yield return SpecFinding.InSchema(
                    name,
                    $"{key} has a type that a lenient schema does not support.",
                    $"Use an enum or one of {string.Join(", ", LenientTypes)}.");
            }
        }
    }

    /// <summary>Returns the format or type of a property, or the name of the schema that it refers to.</summary>
    private static string? TypeOf(JsonObject property) =>
        property["allOf"]?[0]?["$ref"]?.ToString().Split('/')[^1] ?? (property["format"] ?? property["type"])?.ToString();

    private static IEnumerable<string> Words(JsonObject schema) =>
        schema.Select(member => member.Key)
            .Concat((schema["properties"]?.AsObject() ?? []).SelectMany(member => Words(member.Value as JsonObject ?? [])))
            .Concat(schema["items"] is JsonObject items ? Words(items) : []);

    private static IEnumerable<string> Values(JsonNode? node, string key) => node switch
    {
        JsonObject map => map
            .Where(member => member.Key == key && member.Value is JsonValue)
            .Select(member => member.Value!.ToString())
            .Concat(map.SelectMany(member => Values(member.Value, key))),
        JsonArray array => array.SelectMany(item => Values(item, key)),
        _ => [],
    };
}
