using System.Globalization;
using System.Text;

namespace Bitrix24.Specs;

/// <summary>The error catalog of a spec as the tables of a page, between two comments of it.</summary>
internal static class ErrorTable
{
    private const string Begin = "<!-- catalog -->\n";
    private const string End = "\n<!-- /catalog -->";

    /// <exception cref="InvalidDataException">The page has no place for it.</exception>
    public static string PutInto(string page, SpecDocument spec)
    {
        var begin = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var end = page.IndexOf(End, StringComparison.Ordinal);
        return begin >= Begin.Length && end >= begin
            ? $"{page[..begin]}\n{Tables(spec)}{page[end..]}"
            : throw new InvalidDataException($"The page has no lines {Begin.Trim()} and {End.Trim()} to put the catalog between.");
    }

    private static string Tables(SpecDocument spec)
    {
        var codes = spec.ErrorColumn("enum");
        var (names, kinds, executions) = (spec.ErrorColumn("x-enumNames"), spec.ErrorColumn("x-error-kinds"), spec.ErrorColumn("x-error-executions"));
        var (retries, texts, aliases) = (spec.ErrorColumn("x-error-retries"), spec.ErrorColumn("x-enum-descriptions"), spec.ErrorAliases);
        var tables = new StringBuilder("| code | C# | exception | did the call run? | tried again | what it means |\n|---|---|---|---|---|---|\n");
        for (var row = 0; row < codes.Length; row++)
        {
            tables.Append(CultureInfo.InvariantCulture, $"| `{codes[row]}` | `{names[row]}` | `Bitrix24{kinds[row]}Exception` | {Words(executions[row])} | {Words(retries[row])} | {texts[row]} |\n");
        }

        tables.Append("\n| sentence of an old portal, or another code | counts as |\n|---|---|\n");
        foreach (var (sentences, code) in aliases.Zip(codes))
        {
            foreach (var sentence in sentences)
            {
                tables.Append(CultureInfo.InvariantCulture, $"| {sentence} | `{code}` |\n");
            }
        }

        return tables.ToString();
    }

    private static string Words(string value) => value switch
    {
        "NotExecuted" => "no",
        "Unknown" => "not known",
        "Never" => "never",
        "AfterWaiting" => "after a wait",
        "AfterRefresh" => "after a refresh of the token",
        "IfIdempotent" => "methods that may run twice",
        _ => value,
    };
}
