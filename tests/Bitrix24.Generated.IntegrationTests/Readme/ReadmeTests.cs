using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Bitrix24.Testing;

namespace Bitrix24.Tests;

public sealed partial class ReadmeTests
{
    /// <summary>The pages whose code runs elsewhere: <c>Rest3Tests</c> runs that of <c>rest-3.md</c>.</summary>
    private static readonly string[] RunElsewhere = ["rest-3.md"];

    /// <summary>The README of the repository and the client package, and that of the testing package.</summary>
    private static readonly string[] Readmes = ["README.md", "src/Bitrix24.Generated.Testing/README.md"];

    [Fact]
    public async Task Every_code_block_is_part_of_an_example_test()
    {
        var pages = Directory.GetFiles(Repository.PathOf("docs"), "*.md")
            .Where(page => !RunElsewhere.Contains(Path.GetFileName(page), StringComparer.Ordinal))
            .Concat(Readmes.Select(Repository.PathOf));
        var text = string.Concat(pages.Select(File.ReadAllText));
        var files = Directory.GetFiles(Repository.PathOf("tests/Bitrix24.Generated.IntegrationTests/Readme"), "*Examples.cs");
        var examples = Unindented(string.Concat(await Task.WhenAll(files.Select(file => File.ReadAllTextAsync(file)))));
        var blocks = CodeBlock().Matches(text).Select(match => match.Groups["code"].Value).ToList();

        Assert.NotEmpty(blocks);
        Assert.All(blocks, block => Assert.Contains(Unindented(block), examples, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_exception_type_is_listed()
    {
        var readme = await File.ReadAllTextAsync(Repository.PathOf("README.md"));

        var types = typeof(Bitrix24Exception).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(Bitrix24Exception)));

        Assert.All(types, type => Assert.Contains($"| `{type.Name}` |", readme, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_page_is_listed()
    {
        var readme = await File.ReadAllTextAsync(Repository.PathOf("README.md"));
        var list = readme[readme.IndexOf("## Documentation", StringComparison.Ordinal)..];

        Assert.All(
            Directory.GetFiles(Repository.PathOf("docs"), "*.md"),
            page => Assert.Contains($"](docs/{Path.GetFileName(page)}):", list, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_link_has_an_existing_target()
    {
        string[] roots = [.. Readmes, "CONTRIBUTING.md", "SECURITY.md"];
        var pages = Directory.GetFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories).Concat(roots.Select(Repository.PathOf));
        foreach (var page in pages)
        {
            var text = await File.ReadAllTextAsync(page);
            foreach (var (path, anchor) in Link().Matches(text).Select(match => (match.Groups["path"].Value, match.Groups["anchor"].Value)))
            {
                var target = path.Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, path);
                Assert.True(File.Exists(target), $"{page}: {path}");
                Assert.True(anchor.Length == 0 || (await File.ReadAllLinesAsync(target)).Any(line => AnchorOf(line) == anchor), $"{page}: {path}#{anchor}");
            }
        }
    }

    [Fact]
    public async Task Every_member_of_the_simulated_portal_is_listed()
    {
        var page = await File.ReadAllTextAsync(Repository.PathOf("docs/testing.md"));
        var members = new[] { typeof(SimulatedPortal), typeof(SimulatedPortalOptions), typeof(SimulatedFault) }
            .SelectMany(type => type.GetMembers(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Where(member => member is PropertyInfo or MethodInfo { IsSpecialName: false } && member.GetCustomAttribute<CompilerGeneratedAttribute>() is null)
            .Select(member => member.Name)
            .Where(name => name is not ("Start" or "Dispose" or "ToString" or "Equals" or "GetHashCode"));

        Assert.All(members, name => Assert.True(Regex.IsMatch(page, $@"`{name}\b", RegexOptions.None, TimeSpan.FromSeconds(5)), name));
    }

    /// <summary>Returns the anchor of a heading.</summary>
    private static string? AnchorOf(string line) => line.StartsWith('#')
        ? string.Concat(line.TrimStart('#').Trim().ToLowerInvariant().Where(character => char.IsLetterOrDigit(character) || character is ' ' or '-' or '_')).Replace(' ', '-')
        : null;

    private static string Unindented(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim()));

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"\]\((?<path>[^)#:]+\.md)?(#(?<anchor>[^)]+))?\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Link();
}
