using Bitrix24.Specs;

namespace Bitrix24.Tests;

/// <summary>Tests that the page on errors contains the catalog of the spec.</summary>
public sealed class ErrorPageTests
{
    [Fact]
    public async Task Page_contains_the_current_catalog()
    {
        using var folder = new TemporaryFolder();
        var page = Path.Combine(folder.Path, "errors.md");
        var shown = (await File.ReadAllTextAsync(Repository.PathOf("docs/errors.md"))).ReplaceLineEndings("\n");
        await File.WriteAllTextAsync(page, shown.Replace("EntitiesError", "Outdated", StringComparison.Ordinal));

        var (exitCode, _, error) = await Tool.RunSpecAsync("errors", page, "--spec", ProjectSpec.Path);

        Assert.Equal((ExitCode.Done, $"{page}: {typeof(Bitrix24ErrorCode).GetEnumValues().Length - 1} codes.\n"), (exitCode, error));
        Assert.True(
            shown == await File.ReadAllTextAsync(page),
            "docs/errors.md shows another catalog than the spec. Run: dotnet run --project tools/spec -- errors"
        );
    }

    [Fact]
    public async Task Every_error_kind_has_an_exception_type()
    {
        var kinds = (await ProjectSpec.LoadAsync()).ErrorColumn("x-error-kinds").Distinct(StringComparer.Ordinal);

        Assert.All(kinds, kind => Assert.NotNull(typeof(Bitrix24Exception).Assembly.GetType($"Bitrix24.Bitrix24{kind}Exception")));
    }

    [Theory]
    [InlineData("no page", "cannot be read")]
    [InlineData("", "has no lines <!-- catalog --> and <!-- /catalog -->")]
    [InlineData("<!-- /catalog -->\n<!-- catalog -->\n", "has no lines")]
    public async Task Page_without_catalog_markers_is_not_changed(string text, string words)
    {
        using var folder = new TemporaryFolder();
        var page = Path.Combine(folder.Path, "errors.md");
        if (text != "no page")
        {
            await File.WriteAllTextAsync(page, text);
        }

        var (exitCode, output, error) = await Tool.RunSpecAsync("errors", page, "--spec", ProjectSpec.Path);

        Assert.Equal((ExitCode.Usage, string.Empty), (exitCode, output));
        Assert.Contains(words, error, StringComparison.Ordinal);
        Assert.True(text == "no page" || text == await File.ReadAllTextAsync(page));
    }
}
