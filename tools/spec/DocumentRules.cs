using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.OpenApi;

namespace Bitrix24.Specs;

/// <summary>Checks of the document as a whole.</summary>
internal static partial class DocumentRules
{
    // The reader turns an alias into a text of its own, so this word stands in the file and nowhere else.
    private static readonly string[] AlwaysKnown = ["x-reference"];

    public static IEnumerable<SpecFinding> Validity(SpecDocument spec) =>
        from error in spec.Diagnostic.Errors.Concat(spec.Diagnostic.Warnings)
        select new SpecFinding(Path(error), error.Message.TrimEnd('.') + ".", "OpenAPI 3.0 does not allow this.");

    /// <summary>Readers pass over words they do not know, and so does the generator: a misspelt one would be lost in silence.</summary>
    public static IEnumerable<SpecFinding> Words(SpecDocument spec)
    {
        var read = Keys(spec.Json).Concat(AlwaysKnown).ToHashSet(StringComparer.Ordinal);
        return from word in Word().Matches(spec.Text)
               where !read.Contains(word.Groups["key"].Value)
               let line = spec.Text.AsSpan(0, word.Groups["key"].Index).Count('\n') + 1
               select new SpecFinding([], $"'{word.Groups["key"].Value}' is no word of OpenAPI at this place.", "Correct its spelling or its indentation.") { Line = line };
    }

    /// <summary>Of two operations with one id the generator gives one another name.</summary>
    public static IEnumerable<SpecFinding> Names(SpecDocument spec)
    {
        var operations = spec.Operations
            .Where(operation => operation.Operation.OperationId is not null)
            .GroupBy(operation => operation.Operation.OperationId!, StringComparer.OrdinalIgnoreCase)
            .SelectMany(same => same.Skip(1))
            .Select(operation => SpecFinding.InOperation(operation.Method, $"operationId '{operation.Operation.OperationId}' is taken.", "Give each operation a name of its own; case does not count."));
        var schemas = spec.Schemas
            .GroupBy(schema => schema.Key, StringComparer.OrdinalIgnoreCase)
            .SelectMany(same => same.Skip(1))
            .Select(schema => SpecFinding.InSchema(schema.Key, "the name is taken.", "Give each schema a name of its own; case does not count."));
        return operations.Concat(schemas);
    }

    /// <summary>The keys of a JSON pointer.</summary>
    private static string[] Path(OpenApiError error) =>
        [.. (error.Pointer ?? string.Empty).TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries).Select(key => key.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];

    private static IEnumerable<string> Keys(JsonNode? node) => node switch
    {
        JsonObject map => map.Select(member => member.Key).Concat(map.SelectMany(member => Keys(member.Value))),
        JsonArray array => array.SelectMany(Keys),
        _ => [],
    };

    [GeneratedRegex(@"^ *(?:- )?(?<key>[A-Za-z$][\w$-]*):(?: |\r?$)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Word();
}
