using System.Text.Json.Nodes;

namespace Bitrix24.Specs;

/// <summary>
/// Makes of a portal's own document of REST 3.0 one that the templates can be fed with: names for what has none, descriptions where they are missing, and what each method does when it
/// comes twice. Of the schemas no more is kept than answers of a portal are sure to keep to.
/// </summary>
internal sealed class Rest3Document
{
    private const string Reference = "https://apidocs.bitrix24.com/api-reference/rest-v3.html";

    private static readonly string[] Reading = ["get", "list", "tail", "aggregate", "search", "openapi", "documentation"];

    private readonly Rest3Schemas schemas;
    private readonly JsonObject source;

    private Rest3Document(JsonObject source)
    {
        this.source = source;
        schemas = new Rest3Schemas(Rest3Schemas.At(source, "components", "schemas") as JsonObject ?? []);
    }

    /// <exception cref="InvalidDataException">It is no document with methods.</exception>
    public static JsonObject Prepare(JsonNode? source) => source is JsonObject document && document["paths"] is JsonObject { Count: > 0 } paths
        ? new Rest3Document(document).Prepare(paths)
        : throw new InvalidDataException("This is no OpenAPI document with paths.");

    private JsonObject Prepare(JsonObject methods)
    {
        var paths = new JsonObject();
        foreach (var (path, item) in methods)
        {
            // A batch is a list, and is no method of its own.
            if ((Rest3Schemas.At(item, "post") ?? Rest3Schemas.At(item, "get")) is JsonObject operation && path.Trim('/') != "batch")
            {
                paths["/" + path.Trim('/')] = new JsonObject { ["post"] = Operation(path.Trim('/'), operation) };
            }
        }

        return new JsonObject
        {
            ["openapi"] = "3.0.3",
            ["info"] = source["info"]?.DeepClone() ?? new JsonObject { ["title"] = "Bitrix24 REST 3.0", ["version"] = "1.0.0" },
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = schemas.Prepared },
        };
    }

    private JsonObject Operation(string method, JsonObject source)
    {
        var id = Rest3Schemas.Pascal(method);
        var reads = Reading.Contains(method.Split('.')[^1], StringComparer.Ordinal);
        var operation = new JsonObject
        {
            ["operationId"] = id,
            ["summary"] = Text(source["summary"]) ?? Text(source["description"]) ?? $"Calls `{method}`.",
            ["description"] = Text(source["description"]) ?? "The portal's document says no more.",
            ["x-reference"] = Reference,
            ["x-rest-3"] = true,
            ["x-idempotent"] = reads,
        };
        if (!reads)
        {
            operation["x-idempotency-key"] = true;
            operation["x-unknown-outcome-hint"] = "check whether it was executed before you send it again";
        }

        if (JsonBody(source["requestBody"]) is { } request && schemas.Resolve(request) is { } resolved && resolved["properties"] is JsonObject { Count: > 0 })
        {
            // One that is not required would have a type that C# does not allow.
            operation["requestBody"] = Body(schemas.AddRequest(id + "Request", method, resolved), "What the method is called with.");
            operation["requestBody"]!["required"] = true;
        }

        var answer = JsonBody(Rest3Schemas.At(source, "responses", "200"));
        operation["responses"] = new JsonObject { ["200"] = Body(schemas.AddResponse(id + "Response", method, answer is null ? null : schemas.Resolve(answer)), "What the portal answers.") };
        return operation;
    }

    private static JsonObject? JsonBody(JsonNode? body) => Rest3Schemas.At(body, "content", "application/json", "schema") as JsonObject;

    private static JsonObject Body(string schema, string description) => new()
    {
        ["description"] = description,
        ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = Rest3Schemas.ReferenceTo(schema) } },
    };

    private static string? Text(JsonNode? node) => node?.ToString() is { } text && !string.IsNullOrWhiteSpace(text) ? text : null;
}
