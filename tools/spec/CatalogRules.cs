using System.Text.RegularExpressions;

namespace Bitrix24.Specs;

/// <summary>Checks the error catalog. Each of its rows is the same position in several arrays.</summary>
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
        var lengths = Choices.Select(choice => choice.Column).Append(Names).Append(Descriptions)
            .Select(column => (column, spec.ErrorColumn(column).Length))
            .Append(("x-error-aliases", spec.ErrorAliases.Length));
        foreach (var (column, length) in lengths.Where(column => column.Item2 != rows))
        {
            yield return Finding(
                column,
                FormattableString.Invariant($"it has {length} entries for {rows} codes."),
                "A row is the same position in each array. Append new rows to the end of each array.");
        }

        foreach (var text in Repeated(CodesAndAliases(spec), StringComparer.OrdinalIgnoreCase))
        {
            yield return Finding(Codes, $"'{text}' appears in two rows.", "Use a code or alias only once, regardless of case.");
        }

        var names = spec.ErrorColumn(Names);
        foreach (var name in Repeated(names, StringComparer.Ordinal).Concat(names.Where(name => !Name().IsMatch(name))))
        {
            yield return Finding(Names, $"'{name}' is not a valid or unique name.", "Use a unique name in PascalCase.");
        }

        foreach (var text in spec.ErrorColumn(Descriptions).Where(text => !text.EndsWith('.')))
        {
            yield return Finding(Descriptions, $"'{text}' is not a sentence.", "End it with a period.");
        }

        foreach (var (column, words) in Choices)
        {
            foreach (var word in spec.ErrorColumn(column).Except(words, StringComparer.Ordinal))
            {
                yield return Finding(column, $"'{word}' is not an allowed value.", $"Use one of {string.Join(", ", words)}.");
            }
        }
    }

    public static IEnumerable<SpecFinding> Completeness(SpecDocument spec)
    {
        // Numeric codes are not in the catalog, because the same number has different meanings.
        var shown = spec.ErrorExamples
            .Select(example => example.Error["error"]!.GetValue<string>().TrimEnd('.'))
            .Where(code => !code.All(char.IsDigit))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var known = CodesAndAliases(spec).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var withoutExample = known.Except(shown, StringComparer.OrdinalIgnoreCase);
        var withoutRow = shown.Except(known, StringComparer.OrdinalIgnoreCase);
        return withoutExample
            .Select(code => Finding(Codes, $"no example contains '{code}'.", "Add an example to the response of an operation."))
            .Concat(withoutRow.Select(code =>
                Finding(Codes, $"an example contains '{code}', which has no row.", "Add a row, or an alias to an existing row.")));
    }

    private static IEnumerable<string> CodesAndAliases(SpecDocument spec) =>
        spec.ErrorColumn(Codes).Concat(spec.ErrorAliases.SelectMany(alias => alias));

    private static SpecFinding Finding(string column, string problem, string remedy) =>
        new(["components", "schemas", SpecDocument.CatalogName, column], $"{column}: {problem}", remedy);

    private static IEnumerable<string> Repeated(IEnumerable<string> texts, StringComparer comparer) =>
        texts.GroupBy(text => text, comparer).Where(same => same.Skip(1).Any()).Select(same => same.Key);

    [GeneratedRegex("^[A-Z][A-Za-z]+$", RegexOptions.None, 1000)]
    private static partial Regex Name();
}
