using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using Microsoft.OpenApi.YamlReader;
using NJsonSchema;
using SharpYaml;
using SharpYaml.Serialization;

namespace Bitrix24.Specs;

/// <summary>Represents the OpenAPI document for its rules and the tests.</summary>
internal sealed class SpecDocument
{
    /// <summary>The name of the enum that contains the error catalog.</summary>
    public const string CatalogName = "Bitrix24ErrorCode";

    private const string JsonType = "application/json";

    private SpecDocument(ReadResult read, JsonNode json, JsonNode written, SpecBundle bundle, IReadOnlyCollection<string> writtenByHand)
    {
        Document = read.Document!;
        Diagnostic = read.Diagnostic!;
        Json = json;
        Written = written;
        Bundle = bundle;
        Text = bundle.Text;
        WrittenByHand = writtenByHand;
    }

    public OpenApiDocument Document { get; }

    public OpenApiDiagnostic Diagnostic { get; }

    /// <summary>Gets the files of the spec. They know where a line of <see cref="Text"/> comes from.</summary>
    public SpecBundle Bundle { get; }

    /// <summary>Gets the document without the keys that the reader does not know.</summary>
    public JsonNode Json { get; }

    /// <summary>Gets the document as written, including unknown keys.</summary>
    public JsonNode Written { get; }

    public string Text { get; }

    /// <summary>Gets the names of the schemas that <c>nswag.json</c> excludes, because their C# types are written by hand.</summary>
    public IReadOnlyCollection<string> WrittenByHand { get; }

    public JsonObject Schemas => Json["components"]?["schemas"] as JsonObject ?? [];

    public JsonObject WrittenSchemas => Written["components"]?["schemas"] as JsonObject ?? [];

    public JsonNode? ErrorCodes => Schemas[CatalogName];

    /// <summary>Gets the operations, each with the name of its REST method.</summary>
    public IEnumerable<(string Method, OpenApiOperation Operation)> Operations =>
        from path in Document.Paths
        from operation in path.Value.Operations ?? []
        select (path.Key.TrimStart('/'), operation.Value);

    /// <summary>Gets the error examples, each with the statuses that it is documented for.</summary>
    public IEnumerable<(string Status, string Name, JsonObject Error)> ErrorExamples =>
        (from operation in Operations
         from response in operation.Operation.Responses ?? []
         where !response.Key.StartsWith('2')
         from example in JsonOf(response.Value.Content)?.Examples ?? new Dictionary<string, IOpenApiExample>(StringComparer.Ordinal)
         where example.Value.Value is JsonObject
         select (response.Key, example.Key, example.Value.Value!.AsObject()))
        .Concat(ErrorsOfNoOperation(Json["x-authorization-server"]?["errors"], "AuthorizationServer"))
        .Concat(ErrorsOfNoOperation(Json["x-rest-3-errors"], "Rest3"))
        .Concat(ErrorsOfNoOperation(Json["x-other-errors"], "Other"))
        .Where(example => example.Item3["error"] is JsonValue code && code.GetValueKind() == JsonValueKind.String)
        .DistinctBy(example => (example.Item1, example.Item2, example.Item3["error"]!.GetValue<string>()));

    /// <summary>Reads a folder of spec files, or one file that is a document already.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The files are not one document, not YAML, or not OpenAPI.</exception>
    public static Task<SpecDocument> LoadAsync(string path) => LoadAsync(SpecBundle.Read(path), path);

    /// <inheritdoc cref="LoadAsync(string)"/>
    /// <param name="bundle">The files of the spec.</param>
    /// <param name="path">Their folder or file.</param>
    public static async Task<SpecDocument> LoadAsync(SpecBundle bundle, string path)
    {
        if (bundle.Problems is [var problem, ..])
        {
            throw new InvalidDataException(problem.ToString());
        }

        var settings = new OpenApiReaderSettings();
        settings.AddYamlReader();
        try
        {
            var yaml = new YamlStream();
            yaml.Load(new StringReader(bundle.Text));
            using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(bundle.Text));
            var result = await OpenApiDocument.LoadAsync(stream, "yaml", settings).ConfigureAwait(false);
            var document = result.Document ?? throw new InvalidDataException(result.Diagnostic?.Errors.FirstOrDefault()?.Message);
            var json = JsonNode.Parse(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_0).ConfigureAwait(false))!;
            var writtenByHand = await ReadWrittenByHandAsync(path).ConfigureAwait(false);
            return new SpecDocument(result, json, yaml.Documents[0].ToJsonNode(), bundle, writtenByHand);
        }
        catch (YamlException exception)
        {
            var (file, line) = bundle.Locate(exception.Start.Line + 1);
            var column = exception.Start.Column + 1;
            throw new InvalidDataException(FormattableString.Invariant($"{file}({line},{column}): This is not valid YAML."), exception);
        }
        catch (Exception exception) when (exception is not IOException)
        {
            throw new InvalidDataException(exception.Message, exception);
        }
    }

    public string[] ErrorColumn(string name) => [.. Texts(ErrorCodes?[name])];

    public string[][] ErrorAliases => [.. (ErrorCodes?["x-error-aliases"] as JsonArray ?? []).Select(row => Texts(row).ToArray())];

    /// <summary>Returns a schema that validates a text. It rejects properties that the document does not describe.</summary>
    public Task<JsonSchema> SchemaAsync(string name)
    {
        var schema = new JsonObject { ["definitions"] = Schemas.DeepClone(), ["$ref"] = $"#/definitions/{name}" };
        return JsonSchema.FromJsonAsync(schema.ToJsonString().Replace("#/components/schemas/", "#/definitions/", StringComparison.Ordinal));
    }

    public static IOpenApiMediaType? JsonOf(IDictionary<string, IOpenApiMediaType>? content) =>
        content?.TryGetValue(JsonType, out var json) == true ? json : null;

    /// <summary>Returns the name of the schema that a body refers to, or <see langword="null"/> if its schema is inline.</summary>
    public static string? SchemaNameOf(IOpenApiMediaType? body) => (body?.Schema as OpenApiSchemaReference)?.Reference.Id;

    private static IEnumerable<(string Status, string Name, JsonObject Error)> ErrorsOfNoOperation(JsonNode? errors, string name) =>
        (errors as JsonArray ?? []).OfType<JsonObject>().Select(error => (error["status"]?.ToString() ?? "400", name, error));

    private static IEnumerable<string> Texts(JsonNode? list) =>
        (list as JsonArray ?? []).Select(value => value?.ToString() ?? string.Empty);

    /// <summary>
    /// Reads <c>nswag.json</c> in the parent folder of the spec folder. Without that file, all schemas count as generated.
    /// </summary>
    private static async Task<IReadOnlyCollection<string>> ReadWrittenByHandAsync(string path)
    {
        var folder = Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!;
        var settings = Path.Combine(folder, "..", "nswag.json");
        return File.Exists(settings)
            ? [.. Texts(Generator(await File.ReadAllTextAsync(settings).ConfigureAwait(false))?["excludedTypeNames"])]
            : [];

        static JsonNode? Generator(string text) => JsonNode.Parse(text)?["codeGenerators"]?["openApiToCSharpClient"];
    }
}
