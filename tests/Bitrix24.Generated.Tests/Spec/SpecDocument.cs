using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using NJsonSchema;

namespace Bitrix24.Tests;

/// <summary>The spec, as the tests read it.</summary>
internal sealed class SpecDocument
{
    private SpecDocument(OpenApiDocument document, OpenApiDiagnostic diagnostic, JsonNode json)
    {
        Document = document;
        Diagnostic = diagnostic;
        Json = json;
    }

    public OpenApiDocument Document { get; }

    public OpenApiDiagnostic Diagnostic { get; }

    public JsonNode Json { get; }

    public JsonNode ErrorCodes => Json["components"]!["schemas"]!["Bitrix24ErrorCode"]!;

    /// <summary>Every operation with the name of its method on the wire.</summary>
    public IEnumerable<(string Method, OpenApiOperation Operation)> Operations =>
        from path in Document.Paths
        from operation in path.Value.Operations!
        select (path.Key.TrimStart('/'), operation.Value);

    /// <summary>Every error example with each status it is documented under.</summary>
    public IEnumerable<(string Status, string Name, JsonObject Error)> ErrorExamples =>
        (from operation in Operations
         from response in operation.Operation.Responses!
         where !response.Key.StartsWith('2')
         from example in response.Value.Content!["application/json"].Examples!
         select (response.Key, example.Key, example.Value.Value!.AsObject()))
        .Concat(from error in Json["x-authorization-server"]!["errors"]!.AsArray()
                select ("400", "AuthorizationServer", error.AsObject()))
        .DistinctBy(example => (example.Item1, example.Item2, example.Item3["error"]!.GetValue<string>()));

    public static async Task<SpecDocument> LoadAsync()
    {
        var settings = new OpenApiReaderSettings();
        settings.AddYamlReader();
        await using var stream = File.OpenRead(Repository.PathOf("spec/bitrix24.openapi.yaml"));
        var result = await OpenApiDocument.LoadAsync(stream, "yaml", settings);
        var json = JsonNode.Parse(await result.Document!.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_0))!;
        return new SpecDocument(result.Document!, result.Diagnostic!, json);
    }

    public string[] ErrorColumn(string name) => [.. ErrorCodes[name]!.AsArray().Select(value => value!.GetValue<string>())];

    public string[][] ErrorAliases => [.. ErrorCodes["x-error-aliases"]!.AsArray().Select(row => row!.AsArray().Select(alias => alias!.GetValue<string>()).ToArray())];

    /// <summary>A schema of the spec that can check a text, and that refuses members which the spec does not name.</summary>
    public Task<JsonSchema> SchemaAsync(string name)
    {
        var definitions = Json["components"]!["schemas"]!.DeepClone();
        var schema = new JsonObject { ["definitions"] = definitions, ["$ref"] = $"#/definitions/{name}" };
        return JsonSchema.FromJsonAsync(schema.ToJsonString().Replace("#/components/schemas/", "#/definitions/", StringComparison.Ordinal));
    }
}
