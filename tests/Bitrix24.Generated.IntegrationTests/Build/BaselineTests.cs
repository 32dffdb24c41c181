namespace Bitrix24.Tests;

/// <summary>Tests the detection of breaking changes since a published version.</summary>
public sealed class BaselineTests
{
    private const string Sort = "        SORT:\n";

    [Fact]
    public async Task Pack_fails_for_a_breaking_change_and_succeeds_for_an_addition()
    {
        using var copy = new RepositoryCopy();
        await PackAsync("-p:Version=0.0.1-published");
        string[] next =
        [
            "-p:Version=0.0.2-next",
            $"-p:PackageValidationBaselinePath={copy.PathOf("packed/Bitrix24.Generated.0.0.1-published.nupkg")}",
        ];

        await AddedMethodTests.AddToAsync(copy);
        copy.Replace(
            RepositoryCopy.CallListFile,
            Sort,
            "        COLOR:\n          type: string\n          description: How it is shown.\n" + Sort
        );
        await PackAsync(next);

        copy.Replace(RepositoryCopy.CallListFile, Sort, Sort + "          x-csharp-name: Position\n");
        var (exitCode, output) = await DotNet.TryRunAsync(copy.Path, PackArguments(next));

        Assert.NotEqual(0, exitCode);
        Assert.Contains(
            "error CP0002: Member 'long? Bitrix24.CallListStatus.Sort.get' exists on [Baseline]",
            output,
            StringComparison.Ordinal
        );

        Task<string> PackAsync(params string[] more) => DotNet.RunAsync(copy.Path, PackArguments(more));
    }

    private static string[] PackArguments(string[] more) =>
        ["pack", "src/Bitrix24.Generated", "-o", "packed", "-p:RunAnalyzers=false", .. DotNet.Alone, .. more];
}
