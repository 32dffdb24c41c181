using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.OpenApi;

namespace Bitrix24.Tests;

public sealed class SpecTests
{
    private static readonly string[] Kinds = ["InvalidRequest", "AccessDenied", "Authentication", "RateLimit", "Server"];
    private static readonly string[] Executions = ["NotExecuted", "Unknown"];
    private static readonly string[] Retries = ["Never", "AfterWaiting", "AfterRenewal", "IfIdempotent"];

    [Fact]
    public async Task Spec_has_no_error_and_no_warning()
    {
        var spec = await SpecDocument.LoadAsync();

        Assert.Empty(spec.Diagnostic.Errors.Select(error => error.ToString()));
        Assert.Empty(spec.Diagnostic.Warnings.Select(warning => warning.ToString()));
    }

    [Fact]
    public async Task Spec_uses_only_words_of_OpenAPI()
    {
        // Readers pass over words they do not know, and so does the generator: a misspelt one would be lost in silence.
        var spec = await SpecDocument.LoadAsync();
        var yaml = await File.ReadAllTextAsync(Repository.PathOf("spec/bitrix24.openapi.yaml"));

        var written = Regex.Matches(yaml, @"^ *(?:- )?(?<key>[A-Za-z$][\w$-]*):(?: |$)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5)).Select(match => match.Groups["key"].Value);
        var read = Keys(spec.Json);

        Assert.Empty(written.Except(read, StringComparer.Ordinal).Except(["x-reference"], StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_schema_has_a_known_type()
    {
        var spec = await SpecDocument.LoadAsync();
        string[] types = ["object", "array", "string", "integer", "number", "boolean"];

        var unknown = Values(spec.Json["components"]!["schemas"]!, "type").Except(types, StringComparer.Ordinal);

        Assert.Empty(unknown);
    }

    [Fact]
    public async Task Every_operation_is_described()
    {
        var spec = await SpecDocument.LoadAsync();

        Assert.NotEmpty(spec.Operations);
        foreach (var (method, operation) in spec.Operations)
        {
            Assert.Matches("^[A-Z][A-Za-z]+$", operation.OperationId);
            Assert.False(string.IsNullOrWhiteSpace(operation.Summary), method);
            Assert.False(string.IsNullOrWhiteSpace(operation.Description), method);
            Assert.Equal("https://apidocs.bitrix24.com/", operation.ExternalDocs?.Url?.GetLeftPart(UriPartial.Authority) + "/");
            Assert.Equal(operation.ExternalDocs?.Url?.ToString(), Extension(operation, "x-reference"));
            if (operation.RequestBody?.Content?["application/json"] is { } request)
            {
                Assert.NotEmpty(request.Examples!);
                Assert.Equal(operation.OperationId + "Request", SchemaName(request.Schema!));
            }

            Assert.Equal(operation.OperationId + "Response", SchemaName(operation.Responses!["200"].Content!["application/json"].Schema!));
            Assert.Contains("time", operation.Responses["200"].Content!["application/json"].Schema!.Properties!.Keys);
            Assert.All(operation.Responses, response => Assert.NotEmpty(response.Value.Content!["application/json"].Examples!));
            Assert.Contains(operation.Responses.Keys, status => status.StartsWith('4'));
            Assert.Contains(operation.Responses.Keys, status => status.StartsWith('5'));
        }
    }

    [Fact]
    public async Task Every_operation_says_whether_it_is_idempotent_and_what_to_do_when_it_is_not()
    {
        var spec = await SpecDocument.LoadAsync();

        foreach (var operation in spec.Operations.Select(operation => operation.Operation))
        {
            var isIdempotent = (operation.Extensions!["x-idempotent"] as JsonNodeExtension)!.Node.GetValue<bool>();
            Assert.Equal(isIdempotent, Extension(operation, "x-when-unknown") is null);
        }
    }

    /// <summary>The templates know these words. Another would be passed over in silence.</summary>
    [Fact]
    public async Task Schemas_use_only_what_the_templates_turn_into_code()
    {
        var spec = await SpecDocument.LoadAsync();
        string[] words =
        [
            "type", "format", "description", "required", "properties", "items", "allOf", "$ref", "externalDocs", "nullable",
            "minimum", "minItems", "uniqueItems", "minProperties", "maxProperties", "additionalProperties", "enum", "x-enumNames", "x-enum-descriptions", "x-csharp-name", "x-lenient", "x-map-of", "x-reference",
        ];
        string[] notGenerated = ["ErrorResponse", "ReceivedErrorCode", "IntegerOrDigits", "BooleanOrDigit", "BatchResults", "BatchErrors", "BatchCounts", "BatchTimes", "Bitrix24ErrorCode", "CallListFilter", "CallListOrder"];

        foreach (var (name, schema) in spec.Json["components"]!["schemas"]!.AsObject().Where(schema => !notGenerated.Contains(schema.Key)))
        {
            Assert.Empty(Words(schema!.AsObject()).Except(words, StringComparer.Ordinal).Select(word => $"{name}: {word}"));
            var members = schema["properties"]?.AsObject().Select(member => member.Value!.AsObject()).ToList() ?? [];

            // A type without a name of its own gets an ugly one.
            Assert.DoesNotContain(members, member => member.ContainsKey("enum") || member.ContainsKey("properties"));
            Assert.True(schema["enum"] is null || schema["type"]!.GetValue<string>() == "string", name);
            if (schema["x-lenient"] is not null)
            {
                Assert.All(members, member => Assert.Contains((member["format"] ?? member["type"])!.GetValue<string>(), new[] { "double", "int64", "date-time", "string" }));
            }
        }
    }

    [Fact]
    public async Task Filter_fields_written_by_hand_are_those_of_the_spec()
    {
        var spec = await SpecDocument.LoadAsync();
        var filter = Enum.GetValues<CallListFilterField>().Aggregate(new CallListFilter(), (filter, field) => filter.Equal(field, 1));

        var written = JsonNode.Parse(Newtonsoft.Json.JsonConvert.SerializeObject(filter))!.AsObject().Select(member => member.Key);

        Assert.Equal(spec.Json["components"]!["schemas"]!["CallListFilter"]!["properties"]!.AsObject().Select(member => member.Key), written);
    }

    [Fact]
    public async Task Operation_ids_and_component_names_are_unique()
    {
        var spec = await SpecDocument.LoadAsync();

        Assert.Equal(spec.Operations.Count(), spec.Operations.Select(operation => operation.Operation.OperationId).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.Equal(spec.Document.Components!.Schemas!.Count, spec.Document.Components.Schemas.Keys.Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Fact]
    public async Task Every_example_validates_against_its_schema()
    {
        var spec = await SpecDocument.LoadAsync();
        var checkedExamples = 0;

        foreach (var (method, operation) in spec.Operations)
        {
            var contents = operation.Responses!.Select(response => response.Value.Content!["application/json"]).Append(operation.RequestBody?.Content?["application/json"]);
            foreach (var content in contents.OfType<OpenApiMediaType>())
            {
                var schema = await spec.SchemaAsync(SchemaName(content.Schema!));
                foreach (var (name, example) in content.Examples!)
                {
                    Assert.Empty(schema.Validate(example.Value!.ToJsonString()).Select(error => $"{method} {name}: {error}"));
                    checkedExamples++;
                }
            }
        }

        Assert.NotEqual(0, checkedExamples);
    }

    [Fact]
    public async Task Every_example_is_used()
    {
        var spec = await SpecDocument.LoadAsync();
        var yaml = await File.ReadAllTextAsync(Repository.PathOf("spec/bitrix24.openapi.yaml"));

        Assert.All(spec.Document.Components!.Examples!.Keys, name => Assert.Contains($"#/components/examples/{name}'", yaml, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Error_catalogue_is_complete_and_contradicts_itself_nowhere()
    {
        var spec = await SpecDocument.LoadAsync();
        var codes = spec.ErrorColumn("enum");

        foreach (var column in new[] { "x-enumNames", "x-enum-descriptions", "x-error-kinds", "x-error-executions", "x-error-retries" })
        {
            Assert.Equal(codes.Length, spec.ErrorColumn(column).Length);
        }

        Assert.Equal(codes.Length, spec.ErrorAliases.Length);
        var texts = codes.Concat(spec.ErrorAliases.SelectMany(alias => alias)).ToList();
        Assert.Equal(texts.Count, texts.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.Equal(codes.Length, spec.ErrorColumn("x-enumNames").Distinct(StringComparer.Ordinal).Count());
        Assert.All(spec.ErrorColumn("x-enumNames"), name => Assert.Matches("^[A-Z][A-Za-z]+$", name));
        Assert.All(spec.ErrorColumn("x-enum-descriptions"), text => Assert.EndsWith(".", text, StringComparison.Ordinal));
        Assert.Empty(spec.ErrorColumn("x-error-kinds").Except(Kinds, StringComparer.Ordinal));
        Assert.Empty(spec.ErrorColumn("x-error-executions").Except(Executions, StringComparer.Ordinal));
        Assert.Empty(spec.ErrorColumn("x-error-retries").Except(Retries, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_error_code_and_alias_has_an_example_and_every_example_a_row()
    {
        var spec = await SpecDocument.LoadAsync();

        // A number is no name: the same one stands for different things.
        var shown = spec.ErrorExamples.Select(example => example.Error["error"]!.GetValue<string>().TrimEnd('.')).Where(code => !code.All(char.IsDigit)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        var known = spec.ErrorColumn("enum").Concat(spec.ErrorAliases.SelectMany(alias => alias)).Order(StringComparer.Ordinal);

        Assert.Equal(known, shown);
    }

    private static string SchemaName(IOpenApiSchema schema) => Assert.IsType<OpenApiSchemaReference>(schema).Reference.Id!;

    private static string? Extension(OpenApiOperation operation, string name) => operation.Extensions?.TryGetValue(name, out var value) == true ? ((JsonNodeExtension)value).Node.GetValue<string>() : null;

    private static IEnumerable<string> Words(JsonObject schema) =>
        schema.Select(member => member.Key)
            .Concat((schema["properties"]?.AsObject() ?? []).SelectMany(member => Words(member.Value!.AsObject())))
            .Concat(schema["items"] is JsonObject items ? Words(items) : []);

    private static IEnumerable<string> Keys(JsonNode? node) => node switch
    {
        JsonObject map => map.Select(member => member.Key).Concat(map.SelectMany(member => Keys(member.Value))),
        JsonArray array => array.SelectMany(Keys),
        _ => [],
    };

    private static IEnumerable<string> Values(JsonNode? node, string key) => node switch
    {
        JsonObject map => map.Where(member => member.Key == key && member.Value is JsonValue).Select(member => member.Value!.GetValue<string>()).Concat(map.SelectMany(member => Values(member.Value, key))),
        JsonArray array => array.SelectMany(item => Values(item, key)),
        _ => [],
    };
}
