using System.Text.RegularExpressions;

namespace Bitrix24.Tests;

/// <summary>Tests the layout of the repository.</summary>
public sealed partial class RepositoryLayoutTests
{
    /// <summary>The folders of the unit tests without a corresponding folder of the source.</summary>
    private static readonly string[] Others = ["Architecture", "Snapshots", "Support", "Testing"];

    [Fact]
    public void Folders_of_the_unit_tests_mirror_the_source()
    {
        var tests = FoldersBelow("tests/Bitrix24.Generated.Tests").Except(Others, StringComparer.Ordinal).ToList();

        Assert.NotEmpty(tests);
        Assert.Empty(tests.Except(FoldersBelow("src/Bitrix24.Generated"), StringComparer.Ordinal));
    }

    [Fact]
    public async Task Paths_in_pages_and_scripts_exist()
    {
        string[] files =
        [
            "README.md",
            "CONTRIBUTING.md",
            ".ci/run",
            .. Directory.GetFiles(Repository.PathOf("docs"), "*.md"),
            .. Directory.GetFiles(Repository.PathOf(".github"), "*.yml", SearchOption.AllDirectories),
        ];
        foreach (var file in files.Select(Repository.PathOf))
        {
            foreach (
                var path in RepositoryPath()
                    .Matches(await File.ReadAllTextAsync(file))
                    .Select(match => match.Groups["path"].Value.TrimEnd('.'))
            )
            {
                Assert.True(Path.Exists(Repository.PathOf(path)), $"{file}: {path}");
            }
        }
    }

    /// <summary>Returns the relative paths of the folders with code below a folder of the repository.</summary>
    private static IEnumerable<string> FoldersBelow(string root) =>
        Directory
            .EnumerateFiles(Repository.PathOf(root), "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.PathOf(root), Path.GetDirectoryName(file)!).Replace('\\', '/'))
            .Where(folder => folder != "." && folder.Split('/')[0] is not ("bin" or "obj"))
            .Distinct(StringComparer.Ordinal);

    [GeneratedRegex(
        @"(?<![\w/.-])(?<path>(src|tests|tools|spec|docs)/[\w./-]*)",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 5000
    )]
    private static partial Regex RepositoryPath();
}
