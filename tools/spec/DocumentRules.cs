using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.OpenApi;

namespace Bitrix24.Specs;

/// <summary>Checks the document as a whole.</summary>
internal static partial class DocumentRules
{
    // The reader resolves YAML aliases, so its result does not contain this key.
    private static readonly string[] AlwaysKnown = ["x-reference"];

    public static IEnumerable<SpecFinding> Validity(SpecDocument spec) =>
        from error in spec.Diagnostic.Errors.Concat(spec.Diagnostic.Warnings)
        select new SpecFinding(Path(error), error.Message.TrimEnd('.') + ".", "OpenAPI 3.0 does not allow this.");

    /// <summary>Finds unknown keys. The reader and the generator ignore them, so a misspelled key would be lost silently.</summary>
    public static IEnumerable<SpecFinding> Words(SpecDocument spec)
    {
        var read = Keys(spec.Json).Concat(AlwaysKnown).ToHashSet(StringComparer.Ordinal);
        return from word in Word().Matches(spec.Text)
               where !read.Contains(word.Groups["key"].Value)
               let line = spec.Text.AsSpan(0, word.Groups["key"].Index).Count('\n') + 1
               let problem = $"'{word.Groups["key"].Value}' is not a key of OpenAPI at this place."
               select new SpecFinding([], problem, "Correct its spelling or its indentation.") { Line = line };
    }

    /// <summary>Finds duplicate names. The generator would rename one of two operations with the same id.</summary>
    public static IEnumerable<SpecFinding> Names(SpecDocument spec)
    {
        var operations = spec.Operations
            .Where(operation => operation.Operation.OperationId is not null)
            .GroupBy(operation => operation.Operation.OperationId!, StringComparer.OrdinalIgnoreCase)
            .SelectMany(same => same.Skip(1))
            .Select(operation => SpecFinding.InOperation(
                operation.Method,
                $"operationId '{operation.Operation.OperationId}' is not unique.",
                "Use a unique name for each operation, regardless of case."));
        var schemas = spec.Schemas
            .GroupBy(schema => schema.Key, StringComparer.OrdinalIgnoreCase)
            .SelectMany(same => same.Skip(1))
            .Select(schema => SpecFinding.InSchema(
                schema.Key, "the name is not unique.", "Use a unique name for each schema, regardless of case."));
        return operations.Concat(schemas);
    }

    /// <summary>Returns the keys of a JSON pointer.</summary>
    private static string[] Path(OpenApiError error) =>
        [
            .. (error.Pointer ?? string.Empty).TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries)
                .Select(key => key.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)),
        ];

    private static IEnumerable<string> Keys(JsonNode? node) => node switch
    {
        JsonObject map => map.Select(member => member.Key).Concat(map.SelectMany(member => Keys(member.Value))),
        JsonArray array => array.SelectMany(Keys),
        _ => [],
    };

    [GeneratedRegex(@"^ *(?:- )?(?<key>[A-Za-z$][\w$-]*):(?: |\r?$)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Word();
}
