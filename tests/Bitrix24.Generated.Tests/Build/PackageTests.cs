using System.IO.Compression;
using System.Xml.Linq;

namespace Bitrix24.Tests;

/// <summary>Packs what users get, and uses it as a stranger would.</summary>
public sealed class PackageTests
{
    private const string Version = "0.0.1-packed";

    [Fact]
    public async Task Packed_packages_hold_what_they_should_and_make_a_call_list_in_a_fresh_project()
    {
        using var copy = new RepositoryCopy();
        using var consumer = new TemporaryFolder();
        var feed = Directory.CreateDirectory(Path.Combine(consumer.Path, "feed")).FullName;
        foreach (var project in new[] { "src/Bitrix24.Generated", "src/Bitrix24.Generated.Testing" })
        {
            await DotNet.RunAsync(copy.Path, ["pack", project, "-o", feed, $"-p:Version={Version}", .. DotNet.Alone]);
        }

        AssertClientPackage(Path.Combine(feed, $"Bitrix24.Generated.{Version}.nupkg"));
        AssertTestingPackage(Path.Combine(feed, $"Bitrix24.Generated.Testing.{Version}.nupkg"));
        Assert.Equal(["lib/net10.0/Bitrix24.Generated.pdb", "lib/netstandard2.0/Bitrix24.Generated.pdb"], Files(Path.Combine(feed, $"Bitrix24.Generated.{Version}.snupkg"), ".pdb"));

        Assert.Equal("created 1 for CONTACT 9, 17; the portal took some time", await RunConsumerAsync(consumer.Path));
    }

    private static void AssertClientPackage(string package)
    {
        Assert.Equal(
            ["README.md", "lib/net10.0/Bitrix24.Generated.dll", "lib/net10.0/Bitrix24.Generated.xml", "lib/netstandard2.0/Bitrix24.Generated.dll", "lib/netstandard2.0/Bitrix24.Generated.xml"],
            Files(package, ".dll", ".xml", ".md", ".liquid", ".yaml", ".targets", ".props"));

        var metadata = Metadata(package);
        Assert.Equal("MIT", Text(metadata, "license"));
        Assert.Equal("README.md", Text(metadata, "readme"));
        Assert.NotEmpty(Text(metadata, "description"));
        Assert.NotEmpty(Text(metadata, "tags"));
        Assert.Equal(["Microsoft.Extensions.Http", "Newtonsoft.Json", "Polly.Core", "System.Threading.RateLimiting"], Dependencies(metadata, "net10.0"));
        Assert.Equal(["Microsoft.Bcl.TimeProvider", "Microsoft.Extensions.Http", "Newtonsoft.Json", "Polly.Core", "System.Threading.RateLimiting"], Dependencies(metadata, ".NETStandard2.0"));
    }

    private static void AssertTestingPackage(string package)
    {
        Assert.Equal(
            ["README.md", "lib/net10.0/Bitrix24.Generated.Testing.dll", "lib/net10.0/Bitrix24.Generated.Testing.xml", "lib/net8.0/Bitrix24.Generated.Testing.dll", "lib/net8.0/Bitrix24.Generated.Testing.xml"],
            Files(package, ".dll", ".xml", ".md"));
        Assert.Equal(["Microsoft.IdentityModel.Protocols.OpenIdConnect", "Newtonsoft.Json", "WireMock.Net.Minimal"], Dependencies(Metadata(package), "net10.0"));
    }

    private static async Task<string> RunConsumerAsync(string folder)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "nuget.config"), """<configuration><packageSources><add key="packed" value="feed" /></packageSources></configuration>""");
        await File.WriteAllTextAsync(Path.Combine(folder, "consumer.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <NuGetAudit>false</NuGetAudit>
                <RestorePackagesPath>packages</RestorePackagesPath>
                <RestoreFallbackFolders>{await GlobalPackagesAsync(folder)}</RestoreFallbackFolders>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Bitrix24.Generated" Version="{Version}" />
                <PackageReference Include="Bitrix24.Generated.Testing" Version="{Version}" />
              </ItemGroup>
            </Project>
            """);
        await File.WriteAllTextAsync(Path.Combine(folder, "Program.cs"), """
            using System;
            using System.Linq;
            using Bitrix24;
            using Bitrix24.Testing;

            using var portal = SimulatedPortal.Start();
            portal.Contacts.Add(9, 17, 19);
            IBitrix24Client bitrix24 = Bitrix24Client.Create(portal.WebhookUrl);
            var made = await bitrix24.AddCallListAsync(new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = [9, 17] });
            var list = portal.CallLists.Single();
            Console.WriteLine($"created {made.Result} for {list.EntityType} {string.Join(", ", list.Entities)}; the portal took {(made.Time?.Elapsed >= TimeSpan.Zero ? "some time" : "an unknown time")}");
            """);
        await DotNet.RunAsync(folder, ["build", "consumer.csproj", .. DotNet.Alone]);
        return (await DotNet.RunAsync(folder, "exec", "bin/Debug/net10.0/consumer.dll")).Trim();
    }

    private static async Task<string> GlobalPackagesAsync(string folder) =>
        (await DotNet.RunAsync(folder, "nuget", "locals", "global-packages", "--list")).Split(':', 2)[1].Trim();

    private static List<string> Files(string package, params string[] extensions)
    {
        using var archive = ZipFile.OpenRead(package);
        return [.. archive.Entries.Select(entry => entry.FullName).Where(name => extensions.Contains(Path.GetExtension(name), StringComparer.Ordinal) && name != "[Content_Types].xml").Order(StringComparer.Ordinal)];
    }

    private static XElement Metadata(string package)
    {
        using var archive = ZipFile.OpenRead(package);
        using var stream = archive.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XDocument.Load(stream).Root!.Elements().Single();
    }

    private static string Text(XElement metadata, string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;

    private static IEnumerable<string> Dependencies(XElement metadata, string framework) =>
        metadata.Descendants().Single(element => element.Name.LocalName == "group" && element.Parent!.Name.LocalName == "dependencies" && (string?)element.Attribute("targetFramework") == framework)
            .Elements().Select(element => (string)element.Attribute("id")!).Order(StringComparer.Ordinal);
}
