using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Bitrix24.Specs;
using Bitrix24.Testing;

namespace Bitrix24.Tests;

/// <summary>Packs the packages and uses them in new projects.</summary>
public sealed class PackageTests
{
    /// <summary>A version of its own, so that NuGet does not use a package from its cache.</summary>
    private const string PackedVersion = "0.0.1-packed";

    private const string RepositoryUrl = "https://git.example/acme/bitrix24";

    private static readonly string Version = XDocument
        .Load(Repository.PathOf("Directory.Build.props"))
        .Descendants("VersionPrefix")
        .Single()
        .Value;

    [Fact]
    public async Task Packages_have_the_expected_content_and_work_in_new_projects()
    {
        using var copy = new RepositoryCopy();
        using var consumers = new TemporaryFolder();
        RepositoryCopy.Copy(Repository.PathOf("tests/Consumers"), consumers.Path);
        var feed = Directory.CreateDirectory(Path.Combine(consumers.Path, "feed")).FullName;
        foreach (var pack in await PackCommandsOfTheReadmeAsync())
        {
            await DotNet.RunAsync(
                copy.Path,
                [
                    .. pack[1..^1],
                    feed,
                    $"-p:Version={PackedVersion}",
                    $"-p:RepositoryUrl={RepositoryUrl}.git",
                    "-p:SourceRevisionId=abc123",
                    .. DotNet.Alone,
                ]
            );
        }

        await AssertReadmeWithoutRepositoryHasNoDeadLinksAsync(copy, feed);
        foreach (var project in Directory.GetFiles(consumers.Path, "*.csproj", SearchOption.AllDirectories))
        {
            await File.WriteAllTextAsync(
                project,
                (await File.ReadAllTextAsync(project)).Replace(
                    $"Version=\"{Version}\"",
                    $"Version=\"{PackedVersion}\"",
                    StringComparison.Ordinal
                )
            );
        }

        AssertClientPackage(Path.Combine(feed, $"Bitrix24.Generated.{PackedVersion}.nupkg"));
        AssertTestingPackage(Path.Combine(feed, $"Bitrix24.Generated.Testing.{PackedVersion}.nupkg"));
        Assert.Equal(
            ["lib/net10.0/Bitrix24.Generated.pdb", "lib/netstandard2.0/Bitrix24.Generated.pdb"],
            Files(Path.Combine(feed, $"Bitrix24.Generated.{PackedVersion}.snupkg"), ".pdb")
        );

        await DotNet.RunAsync(
            consumers.Path,
            ["build", $"-p:RestoreFallbackFolders={await GlobalPackagesAsync(consumers.Path)}", .. DotNet.Alone]
        );
        foreach (var framework in new[] { "net8.0", "net10.0" })
        {
            Assert.Equal(
                "created 1 for CONTACT 9, 17; the portal took some time\npushed 2 of 3\n",
                await DotNet.RunAsync(consumers.Path, "exec", $"Console/bin/Debug/{framework}/Console.dll")
            );
        }

        Assert.Contains(
            "Passed:     2",
            await DotNet.RunAsync(consumers.Path, "test", "UserTests", "--no-build"),
            StringComparison.Ordinal
        );
        await AssertServiceKeepsItsSecretAsync(Path.Combine(consumers.Path, "Service/bin/Debug/net10.0"));
        await AssertTrimmedProgramWorksAsync(consumers.Path);
        await AssertConsumersCompileWithProjectReferencesAsync(copy);
    }

    [Fact]
    public async Task Release_notes_are_the_newest_section_of_the_changelog()
    {
        var notes = await DotNet.RunAsync(Repository.Root, "msbuild", "src/Bitrix24.Generated", "-getProperty:PackageReleaseNotes");
        var changelog = (await File.ReadAllTextAsync(Repository.PathOf("CHANGELOG.md"))).Split("\n## ")[1];

        Assert.Equal(changelog[changelog.IndexOf("\n### ", StringComparison.Ordinal)..].Trim(), notes.ReplaceLineEndings("\n").Trim());
    }

    [Fact]
    public async Task Readme_shows_the_test_project_that_runs()
    {
        var readme = await File.ReadAllTextAsync(Repository.PathOf("README.md"));
        var project = await File.ReadAllTextAsync(Repository.PathOf("tests/Consumers/UserTests/UserTests.csproj"));

        Assert.Contains($"```xml\n{project}```", readme, StringComparison.Ordinal);
        Assert.Contains($"<PackageReference Include=\"Bitrix24.Generated\" Version=\"{Version}\" />", project, StringComparison.Ordinal);
    }

    /// <summary>Runs a service with configuration and dependency injection that logs at every level.</summary>
    private static async Task AssertServiceKeepsItsSecretAsync(string folder)
    {
        const string Code = "s3cr3tc0de";
        using var portal = SimulatedPortal.Start(new SimulatedPortalOptions { WebhookCode = Code });
        portal.Contacts.Add(9);
        using var service = Process.Start(
            new ProcessStartInfo("dotnet", ["exec", "Service.dll", "--urls", "http://127.0.0.1:0"])
            {
                WorkingDirectory = folder,
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["Bitrix24__WebhookUrl"] = portal.WebhookUrl, ["ASPNETCORE_ENVIRONMENT"] = "Production" },
            }
        )!;
        try
        {
            var log = new StringBuilder();
            Match address;
            do
            {
                log.AppendLine(await service.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException(log.ToString()));
                address = Regex.Match(
                    log.ToString(),
                    @"Now listening on: (?<url>\S+)",
                    RegexOptions.ExplicitCapture,
                    TimeSpan.FromSeconds(5)
                );
            } while (!address.Success);

            using var http = new HttpClient { BaseAddress = new Uri(address.Groups["url"].Value) };
            async Task<string> PostAsync(string contact)
            {
                using var answer = await http.PostAsync(new Uri($"/calls/{contact}", UriKind.Relative), content: null);
                return FormattableString.Invariant($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            }

            Assert.Equal("200 1", await PostAsync("9"));
            Assert.StartsWith("422 ", await PostAsync("404"), StringComparison.Ordinal);
            portal.FailNext(SimulatedFault.Answer(HttpStatusCode.BadGateway, $"<html>{portal.WebhookUrl}", "text/html"));
            Assert.StartsWith("502 ", await PostAsync("9"), StringComparison.Ordinal);
            Assert.Equal("Acme.Service/1.0", portal.Requests[0].Headers["User-Agent"].Split(' ')[0]);

            service.Kill();
            log.Append(await service.StandardOutput.ReadToEndAsync()).Append(await service.StandardError.ReadToEndAsync());
            Assert.Contains("crm.calllist.add failed", log.ToString(), StringComparison.Ordinal);
            Assert.Contains("Bitrix24.Generated", log.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(Code, log.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            service.Kill();
        }
    }

    private static async Task<IEnumerable<string[]>> PackCommandsOfTheReadmeAsync()
    {
        var readme = await File.ReadAllLinesAsync(Repository.PathOf("README.md"));
        var commands = readme
            .Where(line => line.StartsWith("dotnet pack ", StringComparison.Ordinal))
            .Select(line => line.Split(' '))
            .ToList();
        Assert.Equal(2, commands.Count);
        Assert.All(commands, command => Assert.Equal(["--output", "packages"], command[^2..]));
        return commands;
    }

    /// <summary>Publishes and runs a trimmed program that uses all features of the package.</summary>
    private static async Task AssertTrimmedProgramWorksAsync(string consumers)
    {
        var published = Path.Combine(consumers, "trimmed");
        var output = await DotNet.RunAsync(
            consumers,
            "publish",
            "Trimmed",
            "--use-current-runtime",
            "-o",
            published,
            "-nodeReuse:false",
            "-p:UseSharedCompilation=false"
        );
        Assert.Equal(
            ["IL2104"],
            Regex
                .Matches(output, "warning (?<code>[A-Z]+[0-9]+)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5))
                .Select(match => match.Groups["code"].Value)
                .Distinct(StringComparer.Ordinal)
        );

        using var portal = SimulatedPortal.Start();
        portal.Contacts.Add(9, 17);
        portal.Webforms.Add(1);
        var tokens = Path.Combine(consumers, "tokens.json");
        await new FileBitrix24TokenStore(tokens).SaveAsync(TestCredentials.TokenOf(portal), CancellationToken.None);
        portal.ExpireAccessToken();

        Assert.Equal(
            """
            made 1 True
            0 Executed 2 
            1 NotExecuted  EntityError
            got 1 CONTACT no form
            listed 1
            listed 2
            member 9 IN_WORK
            4 statuses
            EntityError NotExecuted
            user 1
            department 1
            app Executed

            """,
            await DotNet.RunAsync(
                consumers,
                "exec",
                Path.Combine(published, "Trimmed.dll"),
                portal.Url.ToString(),
                portal.ClientSecret,
                tokens,
                portal.TokenEndpoint.ToString()
            ),
            ignoreLineEndingDifferences: true
        );
        Assert.Equal(1, portal.TokenRefreshCount);
    }

    /// <summary>Tests that project references also provide the dependencies in public signatures.</summary>
    private static async Task AssertConsumersCompileWithProjectReferencesAsync(RepositoryCopy copy)
    {
        var consumers = copy.PathOf("tests/Consumers");
        RepositoryCopy.Copy(Repository.PathOf("tests/Consumers"), consumers);
        File.Delete(Path.Combine(consumers, "nuget.config"));
        copy.Replace(
            "tests/Consumers/Directory.Build.props",
            "<RestorePackagesPath>$(MSBuildThisFileDirectory)packages</RestorePackagesPath>",
            string.Empty
        );
        foreach (var project in new[] { "tests/Consumers/Console/Console.csproj", "tests/Consumers/Library/Library.csproj" })
        {
            var content = await File.ReadAllTextAsync(copy.PathOf(project));
            await File.WriteAllTextAsync(
                copy.PathOf(project),
                Regex.Replace(
                    content,
                    """<PackageReference Include="(?<name>Bitrix24[^"]*)" Version="[^"]*" />""",
                    """<ProjectReference Include="../../../src/${name}/${name}.csproj" />""",
                    RegexOptions.ExplicitCapture,
                    TimeSpan.FromSeconds(5)
                )
            );
        }

        Assert.DoesNotContain(
            "PackageReference",
            await File.ReadAllTextAsync(copy.PathOf("tests/Consumers/Console/Console.csproj")),
            StringComparison.Ordinal
        );
        await DotNet.RunAsync(copy.Path, ["build", "tests/Consumers/Console", "-c", "Release", .. DotNet.Alone]);
    }

    private static void AssertClientPackage(string package)
    {
        Assert.Equal(
            [
                .. Pages().Select(page => "docs/" + page).Prepend("README.md").Order(StringComparer.Ordinal),
                "icon.png",
                "lib/net10.0/Bitrix24.Generated.dll",
                "lib/net10.0/Bitrix24.Generated.xml",
                "lib/netstandard2.0/Bitrix24.Generated.dll",
                "lib/netstandard2.0/Bitrix24.Generated.xml",
                "openapi/bitrix24.openapi.yaml",
            ],
            Files(package, ".dll", ".xml", ".md", ".png", ".liquid", ".yaml", ".targets", ".props")
        );

        Assert.Equal(SpecBundle.Read(ProjectSpec.Path).Text, ReadText(package, "openapi/bitrix24.openapi.yaml"));
        var metadata = Metadata(package);
        Assert.Equal("MIT", Text(metadata, "license"));
        Assert.Equal("README.md", Text(metadata, "readme"));
        Assert.Equal("icon.png", Text(metadata, "icon"));
        Assert.NotEmpty(Text(metadata, "description"));
        Assert.NotEmpty(Text(metadata, "tags"));
        Assert.Equal(RepositoryUrl, Text(metadata, "projectUrl"));
        Assert.StartsWith("### Added", Text(metadata, "releaseNotes"), StringComparison.Ordinal);
        var links = LinksOf(ReadText(package, "README.md"));
        Assert.All(links, link => Assert.StartsWith("https://", link, StringComparison.Ordinal));
        Assert.Contains($"{RepositoryUrl}/blob/abc123/docs/errors.md", links);
        string[] dependencies =
        [
            "Microsoft.Bcl.AsyncInterfaces",
            "Microsoft.Bcl.TimeProvider",
            "Microsoft.Extensions.Http",
            "Microsoft.Extensions.Logging.Abstractions",
            "Newtonsoft.Json",
            "Polly.Core",
            "System.Threading.RateLimiting",
        ];
        Assert.Equal(dependencies, Dependencies(metadata, "net10.0"));
        Assert.Equal(
            [.. dependencies.Append("System.Threading.Channels").Order(StringComparer.Ordinal)],
            Dependencies(metadata, ".NETStandard2.0")
        );
    }

    /// <summary>Packs from a folder that is not a clone, as from an archive of the sources.</summary>
    private static async Task AssertReadmeWithoutRepositoryHasNoDeadLinksAsync(RepositoryCopy copy, string feed)
    {
        var folder = Path.Combine(feed, "without-repository");
        string[] pack = ["pack", "src/Bitrix24.Generated", "--no-build", "--output", folder, $"-p:Version={PackedVersion}"];
        await DotNet.RunAsync(copy.Path, [.. pack, .. DotNet.Alone]);
        var package = Path.Combine(folder, $"Bitrix24.Generated.{PackedVersion}.nupkg");
        var readme = ReadText(package, "README.md");
        Directory.Delete(folder, recursive: true);

        Assert.All(LinksOf(readme), link => Assert.StartsWith("https://", link, StringComparison.Ordinal));
        Assert.All(Pages(), page => Assert.Contains($" (`docs/{page}` in this package)", readme, StringComparison.Ordinal));
        Assert.Contains("See CONTRIBUTING.md.", readme, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Pages() =>
        Directory.GetFiles(Repository.PathOf("docs"), "*.md").Select(page => Path.GetFileName(page));

    private static List<string> LinksOf(string page)
    {
        var links = Regex.Matches(page, @"\]\((?<link>[^)]+)\)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5));
        return [.. links.Select(match => match.Groups["link"].Value)];
    }

    private static void AssertTestingPackage(string package)
    {
        Assert.Equal(
            [
                "README.md",
                "lib/net10.0/Bitrix24.Generated.Testing.dll",
                "lib/net10.0/Bitrix24.Generated.Testing.xml",
                "lib/net8.0/Bitrix24.Generated.Testing.dll",
                "lib/net8.0/Bitrix24.Generated.Testing.xml",
            ],
            Files(package, ".dll", ".xml", ".md")
        );
        var readme = ReadText(package, "README.md");
        Assert.StartsWith("# Bitrix24.Generated.Testing\n", readme, StringComparison.Ordinal);
        Assert.Contains("## First test", readme, StringComparison.Ordinal);
        Assert.All(LinksOf(readme), link => Assert.StartsWith("https://", link, StringComparison.Ordinal));
        Assert.Equal(
            ["Microsoft.IdentityModel.Protocols.OpenIdConnect", "Newtonsoft.Json", "WireMock.Net.Minimal"],
            Dependencies(Metadata(package), "net10.0")
        );
    }

    private static async Task<string> GlobalPackagesAsync(string folder) =>
        (await DotNet.RunAsync(folder, "nuget", "locals", "global-packages", "--list")).Split(':', 2)[1].Trim();

    private static List<string> Files(string package, params string[] extensions)
    {
        using var archive = ZipFile.OpenRead(package);
        return
        [
            .. archive
                .Entries.Select(entry => entry.FullName)
                .Where(name => extensions.Contains(Path.GetExtension(name), StringComparer.Ordinal) && name != "[Content_Types].xml")
                .Order(StringComparer.Ordinal),
        ];
    }

    private static string ReadText(string package, string file)
    {
        using var archive = ZipFile.OpenRead(package);
        using var reader = new StreamReader(archive.GetEntry(file)!.Open());
        return reader.ReadToEnd();
    }

    private static XElement Metadata(string package)
    {
        using var archive = ZipFile.OpenRead(package);
        using var stream = archive.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XDocument.Load(stream).Root!.Elements().Single();
    }

    private static string Text(XElement metadata, string name) =>
        metadata.Elements().Single(element => element.Name.LocalName == name).Value;

    private static IEnumerable<string> Dependencies(XElement metadata, string framework) =>
        metadata
            .Descendants()
            .Single(element =>
                element.Name.LocalName == "group"
                && element.Parent!.Name.LocalName == "dependencies"
                && (string?)element.Attribute("targetFramework") == framework
            )
            .Elements()
            .Select(element => (string)element.Attribute("id")!)
            .Order(StringComparer.Ordinal);
}
