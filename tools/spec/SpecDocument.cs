using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using Microsoft.OpenApi.YamlReader;
using NJsonSchema;
using SharpYaml;
using SharpYaml.Serialization;

namespace Bitrix24.Specs;

/// <summary>A spec, as its checks and the tests read it.</summary>
internal sealed class SpecDocument
{
    /// <summary>The one enum that is no data type but the error catalog.</summary>
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

    /// <summary>What the reader has understood: words it does not know are missing here.</summary>
    public JsonNode Json { get; }

    /// <summary>What the file says, whatever it means.</summary>
    public JsonNode Written { get; }

    public string Text { get; }

    /// <summary>The schemas that <c>nswag.json</c> excludes from the generation: their C# types are written by hand.</summary>
    public IReadOnlyCollection<string> WrittenByHand { get; }

    public JsonObject Schemas => Json["components"]?["schemas"] as JsonObject ?? [];

    public JsonObject WrittenSchemas => Written["components"]?["schemas"] as JsonObject ?? [];

    public JsonNode? ErrorCodes => Schemas[CatalogName];

    /// <summary>Every operation with the name of its method on the wire.</summary>
    public IEnumerable<(string Method, OpenApiOperation Operation)> Operations =>
        from path in Document.Paths
        from operation in path.Value.Operations ?? []
        select (path.Key.TrimStart('/'), operation.Value);

    /// <summary>Every error example with each status it is documented under.</summary>
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

    /// <summary>A schema of the spec that can check a text, and that refuses members which the spec does not name.</summary>
    public Task<JsonSchema> SchemaAsync(string name)
    {
        var schema = new JsonObject { ["definitions"] = Schemas.DeepClone(), ["$ref"] = $"#/definitions/{name}" };
        return JsonSchema.FromJsonAsync(schema.ToJsonString().Replace("#/components/schemas/", "#/definitions/", StringComparison.Ordinal));
    }

    public static IOpenApiMediaType? JsonOf(IDictionary<string, IOpenApiMediaType>? content) => content?.TryGetValue(JsonType, out var json) == true ? json : null;

    /// <summary>The name of the schema that a body refers to; <see langword="null"/> when it has one of its own.</summary>
    public static string? SchemaNameOf(IOpenApiMediaType? body) => (body?.Schema as OpenApiSchemaReference)?.Reference.Id;

    private static IEnumerable<(string Status, string Name, JsonObject Error)> ErrorsOfNoOperation(JsonNode? errors, string name) =>
        (errors as JsonArray ?? []).OfType<JsonObject>().Select(error => (error["status"]?.ToString() ?? "400", name, error));

    private static IEnumerable<string> Texts(JsonNode? list) => (list as JsonArray ?? []).Select(value => value?.ToString() ?? string.Empty);

    /// <summary>The settings are in the parent of the folder of the spec. Without them, every schema counts as generated.</summary>
    private static async Task<IReadOnlyCollection<string>> ReadWrittenByHandAsync(string path)
    {
        var folder = Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!;
        var settings = Path.Combine(folder, "..", "nswag.json");
        return File.Exists(settings)
            ? [.. Texts(JsonNode.Parse(await File.ReadAllTextAsync(settings).ConfigureAwait(false))?["codeGenerators"]?["openApiToCSharpClient"]?["excludedTypeNames"])]
            : [];
    }
}
