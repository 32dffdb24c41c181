using System.Text.RegularExpressions;

namespace Bitrix24.Specs;

/// <summary>Checks of the error catalog, whose rows are positions in several arrays.</summary>
internal static partial class CatalogRules
{
    private const string Codes = "enum";
    private const string Names = "x-enumNames";
    private const string Descriptions = "x-enum-descriptions";

    private static readonly (string Column, string[] Words)[] Choices =
    [
        ("x-error-kinds", ["InvalidRequest", "AccessDenied", "Authentication", "RateLimit", "Server"]),
        ("x-error-executions", ["NotExecuted", "Unknown"]),
        ("x-error-retries", ["Never", "AfterWaiting", "AfterRefresh", "IfIdempotent"]),
    ];

    public static IEnumerable<SpecFinding> Consistency(SpecDocument spec)
    {
        var rows = spec.ErrorColumn(Codes).Length;
        var lengths = Choices.Select(choice => choice.Column).Append(Names).Append(Descriptions).Select(column => (column, spec.ErrorColumn(column).Length)).Append(("x-error-aliases", spec.ErrorAliases.Length));
        foreach (var (column, length) in lengths.Where(column => column.Item2 != rows))
        {
            yield return Finding(column, FormattableString.Invariant($"it has {length} entries for {rows} codes."), "A row is one position in each of the arrays; new ones go to the end.");
        }

        foreach (var text in Repeated(spec.ErrorColumn(Codes).Concat(spec.ErrorAliases.SelectMany(alias => alias)), StringComparer.OrdinalIgnoreCase))
        {
            yield return Finding(Codes, $"'{text}' stands for two rows.", "A code or alias stands for one; case does not count.");
        }

        foreach (var name in Repeated(spec.ErrorColumn(Names), StringComparer.Ordinal).Concat(spec.ErrorColumn(Names).Where(name => !Name().IsMatch(name))))
        {
            yield return Finding(Names, $"'{name}' is no name for one row.", "Write it in PascalCase, once.");
        }

        foreach (var text in spec.ErrorColumn(Descriptions).Where(text => !text.EndsWith('.')))
        {
            yield return Finding(Descriptions, $"'{text}' is no sentence.", "End it with a dot.");
        }

        foreach (var (column, words) in Choices)
        {
            foreach (var word in spec.ErrorColumn(column).Except(words, StringComparer.Ordinal))
            {
                yield return Finding(column, $"'{word}' is none of its words.", $"Use one of {string.Join(", ", words)}.");
            }
        }
    }

    public static IEnumerable<SpecFinding> Completeness(SpecDocument spec)
    {
        // A number is no name: the same one stands for different things.
        var shown = spec.ErrorExamples.Select(example => example.Error["error"]!.GetValue<string>().TrimEnd('.')).Where(code => !code.All(char.IsDigit)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var known = spec.ErrorColumn(Codes).Concat(spec.ErrorAliases.SelectMany(alias => alias)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return known.Except(shown, StringComparer.OrdinalIgnoreCase).Select(code => Finding(Codes, $"no example shows '{code}'.", "Add one to the response of an operation."))
            .Concat(shown.Except(known, StringComparer.OrdinalIgnoreCase).Select(code => Finding(Codes, $"an example shows '{code}', which has no row.", "Add a row, or make it an alias of one.")));
    }

    private static SpecFinding Finding(string column, string problem, string remedy) => new(["components", "schemas", SpecDocument.CatalogName, column], $"{column}: {problem}", remedy);

    private static IEnumerable<string> Repeated(IEnumerable<string> texts, StringComparer comparer) => texts.GroupBy(text => text, comparer).Where(same => same.Skip(1).Any()).Select(same => same.Key);

    [GeneratedRegex("^[A-Z][A-Za-z]+$", RegexOptions.None, 1000)]
    private static partial Regex Name();
}
