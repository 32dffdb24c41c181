namespace Bitrix24.Tests;

/// <summary>Represents a copy of the sources of the packages that a test can change and build.</summary>
internal sealed class RepositoryCopy : IDisposable
{
    /// <summary>The file of call lists, relative to the copy.</summary>
    public const string CallListFile = "spec/crm.calllist.yaml";

    private static readonly string[] Sources = ["docs", "spec", "src", "tools/spec", "tools/templates"];

    private readonly TemporaryFolder folder = new();

    public RepositoryCopy()
    {
        foreach (
            var file in Directory
                .EnumerateFiles(Repository.Root)
                .Where(file =>
                    System.IO.Path.GetExtension(file) is ".props" or ".json" or ".md" or ".editorconfig"
                    || System.IO.Path.GetFileName(file) == "LICENSE"
                )
        )
        {
            File.Copy(file, PathOf(System.IO.Path.GetFileName(file)));
        }

        foreach (var source in Sources)
        {
            Copy(Repository.PathOf(source), PathOf(source));
        }
    }

    public string Path => folder.Path;

    public string Spec => PathOf("spec");

    /// <summary>Gets the file that most tests change.</summary>
    public string CallLists => PathOf(CallListFile);

    public string GeneratedClient => PathOf("src/Bitrix24.Generated/obj/nswag/Bitrix24Client.g.cs");

    public string PathOf(string relative) => System.IO.Path.Combine(folder.Path, relative);

    public void Replace(string file, string text, string by)
    {
        var content = File.ReadAllText(PathOf(file));
        Assert.Contains(text, content, StringComparison.Ordinal);
        File.WriteAllText(PathOf(file), content.Replace(text, by, StringComparison.Ordinal));
    }

    /// <summary>Adds a program that uses the client of this copy. The test writes its code to <c>program/Program.cs</c>.</summary>
    public Task AddProgramAsync()
    {
        Directory.CreateDirectory(PathOf("program"));
        return File.WriteAllTextAsync(
            PathOf("program/program.csproj"),
            """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <RunAnalyzers>false</RunAnalyzers>
              </PropertyGroup>
              <ItemGroup>
                <ProjectReference Include="../src/Bitrix24.Generated/Bitrix24.Generated.csproj" SetTargetFramework="TargetFramework=net10.0" SkipGetTargetFrameworkProperties="true" />
              </ItemGroup>
            </Project>
            """
        );
    }

    public Task<(int ExitCode, string Output)> TryBuildAsync(params string[] more) =>
        DotNet.TryRunAsync(Path, ["build", "src/Bitrix24.Generated", .. DotNet.Alone, .. more]);

    public async Task<string> BuildAsync(params string[] more)
    {
        var (exitCode, output) = await TryBuildAsync(more);
        Assert.True(exitCode == 0, output);
        return output;
    }

    public void Dispose() => folder.Dispose();

    internal static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, System.IO.Path.Combine(to, System.IO.Path.GetFileName(file)));
        }

        foreach (
            var nested in Directory.EnumerateDirectories(from).Where(nested => System.IO.Path.GetFileName(nested) is not ("bin" or "obj"))
        )
        {
            Copy(nested, System.IO.Path.Combine(to, System.IO.Path.GetFileName(nested)));
        }
    }
}
