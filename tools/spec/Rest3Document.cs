using System.Text.Json.Nodes;

namespace Bitrix24.Specs;

/// <summary>
/// Prepares a portal's own document of REST 3.0 for the templates. It adds missing names and descriptions, and states which methods are
/// idempotent. Of the schemas, it keeps only constraints that the portal's responses are certain to satisfy.
/// </summary>
internal sealed class Rest3Document
{
    private const string Reference = "https://apidocs.bitrix24.com/api-reference/rest-v3.html";

    private static readonly string[] ReadingVerbs = ["get", "list", "tail", "aggregate", "search", "openapi", "documentation"];

    private readonly Rest3Schemas schemas;
    private readonly JsonObject source;

    private Rest3Document(JsonObject source)
    {
        this.source = source;
        schemas = new Rest3Schemas(Rest3Schemas.At(source, "components", "schemas") as JsonObject ?? []);
    }

    /// <exception cref="InvalidDataException">The text is not an OpenAPI document with methods.</exception>
    public static JsonObject Prepare(JsonNode? source) =>
        source is JsonObject document && document["paths"] is JsonObject { Count: > 0 } paths
        ? new Rest3Document(document).Prepare(paths)
        : throw new InvalidDataException("This is not an OpenAPI document with paths.");

    private JsonObject Prepare(JsonObject methods)
    {
        var paths = new JsonObject();
        foreach (var (path, item) in methods)
        {
            // The batch of REST 3.0 has another format, so it is omitted.
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
        var reads = ReadingVerbs.Contains(method.Split('.')[^1], StringComparer.Ordinal);
        var operation = new JsonObject
        {
            ["operationId"] = id,
            ["summary"] = Text(source["summary"]) ?? Text(source["description"]) ?? $"Calls `{method}`.",
            ["description"] = Text(source["description"]) ?? "The portal's document has no description.",
            ["x-reference"] = Reference,
            ["x-rest-3"] = true,
            ["x-idempotent"] = reads,
        };
        if (!reads)
        {
            operation["x-idempotency-key"] = true;
            operation["x-unknown-outcome-hint"] = "check whether it was executed before you send it again";
        }

        if (JsonBody(source["requestBody"]) is { } request
            && schemas.Resolve(request) is { } resolved
            && resolved["properties"] is JsonObject { Count: > 0 })
        {
            // The generator produces an invalid C# type for an optional body.
            operation["requestBody"] = Body(schemas.AddRequest(id + "Request", method, resolved), "The parameters of the method.");
            operation["requestBody"]!["required"] = true;
        }

        var response = JsonBody(Rest3Schemas.At(source, "responses", "200"));
        var schema = schemas.AddResponse(id + "Response", method, response is null ? null : schemas.Resolve(response));
        operation["responses"] = new JsonObject { ["200"] = Body(schema, "The response of the portal.") };
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
