using System.Globalization;
using System.Text;
using Bitrix24.CommandLine;
using VerifyXunit;

namespace Bitrix24.Tests;

/// <summary>The page on errors shows the catalogue of the spec.</summary>
public sealed class ErrorPageTests
{
    private const string Begin = "<!-- catalogue -->\n";
    private const string End = "<!-- /catalogue -->";

    [Fact]
    public async Task Catalogue_as_a_table() => await Verifier.Verify(Table(await ProjectSpec.LoadAsync()), "md");

    [Fact]
    public async Task Page_shows_the_catalogue()
    {
        var page = (await File.ReadAllTextAsync(Repository.PathOf("docs/errors.md"))).Replace("\r\n", "\n", StringComparison.Ordinal);
        var begin = page.IndexOf(Begin, StringComparison.Ordinal);
        var end = page.IndexOf(End, StringComparison.Ordinal);
        Assert.True(begin >= 0 && end > begin, $"docs/errors.md has no lines {Begin.Trim()} and {End} any more.");

        var shown = page[(begin + Begin.Length)..end].Trim();

        Assert.True(
            shown == Table(await ProjectSpec.LoadAsync()).Trim(),
            "docs/errors.md shows another catalogue than the spec. Put the text of tests/Bitrix24.Generated.Tests/Spec/ErrorPageTests.Catalogue_as_a_table.verified.md, once reviewed, between its two comments.");
    }

    private static string Table(SpecDocument spec)
    {
        var codes = spec.ErrorColumn("enum");
        var (names, kinds, executions) = (spec.ErrorColumn("x-enumNames"), spec.ErrorColumn("x-error-kinds"), spec.ErrorColumn("x-error-executions"));
        var (retries, texts, aliases) = (spec.ErrorColumn("x-error-retries"), spec.ErrorColumn("x-enum-descriptions"), spec.ErrorAliases);
        var table = new StringBuilder("| code | C# | exception | did the call run? | tried again | what it means |\n|---|---|---|---|---|---|\n");
        for (var row = 0; row < codes.Length; row++)
        {
            table.Append(CultureInfo.InvariantCulture, $"| `{codes[row]}` | `{names[row]}` | `{ExceptionOf(kinds[row])}` | {Words(executions[row])} | {Words(retries[row])} | {texts[row]} |\n");
        }

        table.Append("\n| sentence of an old portal | counts as |\n|---|---|\n");
        foreach (var (sentences, code) in aliases.Zip(codes))
        {
            foreach (var sentence in sentences)
            {
                table.Append(CultureInfo.InvariantCulture, $"| {sentence} | `{code}` |\n");
            }
        }

        return table.ToString();
    }

    private static string ExceptionOf(string kind)
    {
        var name = $"Bitrix24{kind}Exception";
        Assert.NotNull(typeof(Bitrix24Exception).Assembly.GetType($"Bitrix24.{name}"));
        return name;
    }

    private static string Words(string value) => value switch
    {
        "NotExecuted" => "no",
        "Unknown" => "not known",
        "Never" => "never",
        "AfterWaiting" => "after a wait",
        "AfterRenewal" => "after a renewal of the token",
        "IfIdempotent" => "methods that may run twice",
        _ => throw new ArgumentOutOfRangeException(nameof(value), value, "The page has no words for this."),
    };
}
