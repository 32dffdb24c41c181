using System.Globalization;
using System.Text;

namespace Bitrix24.Specs;

/// <summary>Writes the error catalog of a spec as tables into a page, between two comments.</summary>
internal static class ErrorTable
{
    private const string Begin = "<!-- catalog -->\n";
    private const string End = "\n<!-- /catalog -->";

    /// <exception cref="InvalidDataException">The page does not contain the two comments.</exception>
    public static string PutInto(string page, SpecDocument spec)
    {
        var begin = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var end = page.IndexOf(End, StringComparison.Ordinal);
        return begin >= Begin.Length && end >= begin
            ? $"{page[..begin]}\n{Tables(spec)}{page[end..]}"
            : throw new InvalidDataException($"The page has no lines {Begin.Trim()} and {End.Trim()} for the catalog.");
    }

    private static string Tables(SpecDocument spec)
    {
        var codes = spec.ErrorColumn("enum");
        var (names, kinds) = (spec.ErrorColumn("x-enumNames"), spec.ErrorColumn("x-error-kinds"));
        var (executions, retries) = (spec.ErrorColumn("x-error-executions"), spec.ErrorColumn("x-error-retries"));
        var (texts, aliases) = (spec.ErrorColumn("x-enum-descriptions"), spec.ErrorAliases);
        var tables = new StringBuilder("| code | C# | exception | executed? | retried | meaning |\n|---|---|---|---|---|---|\n");
        for (var row = 0; row < codes.Length; row++)
        {
            tables.Append(CultureInfo.InvariantCulture, $"| `{codes[row]}` | `{names[row]}` | `Bitrix24{kinds[row]}Exception` | ");
            tables.Append(CultureInfo.InvariantCulture, $"{Words(executions[row])} | {Words(retries[row])} | {texts[row]} |\n");
        }

        tables.Append("\n| sentence of an older portal, or another code | treated as |\n|---|---|\n");
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
        "Unknown" => "unknown",
        "Never" => "never",
        "AfterWaiting" => "after a wait",
        "AfterRefresh" => "after a token refresh",
        "IfIdempotent" => "if idempotent",
        _ => value,
    };
}
