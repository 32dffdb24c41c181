using System.Reflection;
using System.Runtime.Loader;
using System.Text.RegularExpressions;

namespace Bitrix24.Tests;

public sealed class GenerationTests
{
    private const string Generating = "Generating Bitrix24Client.g.cs";

    [Fact]
    public async Task Client_is_generated_once_for_both_frameworks_and_again_only_after_a_change()
    {
        using var copy = new RepositoryCopy();

        Assert.Equal(1, Count(await copy.BuildAsync(), Generating));
        Assert.Equal(0, Count(await copy.BuildAsync(), Generating));

        File.AppendAllText(copy.Spec, "\n# A remark changes nothing in the output.\n");
        Assert.Equal(1, Count(await copy.BuildAsync(), Generating));
        Assert.Equal(0, Count(await copy.BuildAsync(), Generating));

        File.Delete(copy.PathOf("tools/templates/File.Footer.liquid"));
        Assert.Equal(1, Count(await copy.BuildAsync(), Generating));

        await DotNet.RunAsync(copy.Path, ["clean", "src/Bitrix24.Generated", .. DotNet.Alone]);
        Assert.False(File.Exists(copy.GeneratedClient));
    }

    [Fact]
    public async Task New_field_in_the_spec_appears_typed_and_documented_in_the_request_and_on_the_wire()
    {
        using var copy = new RepositoryCopy();
        copy.Replace("spec/bitrix24.openapi.yaml", "        WEBFORM_ID:\n", "        DAYS_TO_LIVE:\n          type: integer\n          format: int64\n          description: How long the list lives, in days.\n        WEBFORM_ID:\n");

        await copy.BuildAsync();

        var folder = copy.PathOf("src/Bitrix24.Generated/bin/Debug/net10.0/");
        var context = new AssemblyLoadContext(nameof(GenerationTests), isCollectible: true);
        using (var dll = new MemoryStream(await File.ReadAllBytesAsync(folder + "Bitrix24.Generated.dll")))
        {
            var type = context.LoadFromStream(dll).GetType("Bitrix24.AddCallListRequest")!;
            var request = Activator.CreateInstance(type)!;
            var property = type.GetProperty("DaysToLive")!;
            Assert.Equal(typeof(long?), property.PropertyType);
            property.SetValue(request, 30L);
            Assert.Contains("\"DAYS_TO_LIVE\":30", Newtonsoft.Json.JsonConvert.SerializeObject(request), StringComparison.Ordinal);
        }

        context.Unload();
        Assert.Contains("How long the list lives, in days.", await File.ReadAllTextAsync(folder + "Bitrix24.Generated.xml"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generated_text_does_not_depend_on_the_folder()
    {
        using var copy = new RepositoryCopy();

        await copy.BuildAsync("-p:TargetFrameworks=net10.0");

        Assert.Equal(await File.ReadAllTextAsync(Repository.PathOf("src/Bitrix24.Generated/obj/nswag/Bitrix24Client.g.cs")), await File.ReadAllTextAsync(copy.GeneratedClient));
    }

    [Fact]
    public async Task Broken_input_fails_with_one_line_that_names_the_file_and_the_position()
    {
        using var copy = new RepositoryCopy();
        var spec = await File.ReadAllTextAsync(copy.Spec);
        var settings = await File.ReadAllTextAsync(copy.PathOf("nswag.json"));

        copy.Replace("spec/bitrix24.openapi.yaml", "operationId: AddCallList\n", "operationId: [AddCallList\n");
        await FailsWith(copy, $@"spec/bitrix24\.openapi\.yaml\({LineOf(spec, "operationId: AddCallList\n")},\d+\): error NSWAG001: This is no valid YAML\.");

        await File.WriteAllTextAsync(copy.Spec, spec);
        copy.Replace("spec/bitrix24.openapi.yaml", "      summary: Creates", "      - summary: Creates");
        await FailsWith(copy, $@"spec/bitrix24\.openapi\.yaml\({LineOf(spec, "      summary: Creates")},\d+\): error NSWAG001: While parsing a block mapping, did not find expected key\.");

        await File.WriteAllTextAsync(copy.Spec, spec);
        copy.Replace("spec/bitrix24.openapi.yaml", "schemas/AddCallListResponse'", "schemas/NoSuchSchema'");
        await FailsWith(copy, $@"spec/bitrix24\.openapi\.yaml\({LineOf(spec, "schemas/AddCallListResponse'")},\d+\): error NSWAG001: Nothing is defined at #/components/schemas/NoSuchSchema\.");

        File.Delete(copy.Spec);
        await FailsWith(copy, @"spec/bitrix24\.openapi\.yaml\(1,1\): error NSWAG001: Could not find file ");

        await File.WriteAllTextAsync(copy.Spec, spec);
        copy.Replace("nswag.json", "\"className\"", "className\"");
        await FailsWith(copy, @"nswag\.json\(\d+,\d+\): error NSWAG001: Invalid JavaScript property identifier character");

        await File.WriteAllTextAsync(copy.PathOf("nswag.json"), settings);
        await File.AppendAllTextAsync(copy.PathOf("tools/templates/Class.liquid"), "{% if %}\n");
        var last = (await File.ReadAllLinesAsync(copy.PathOf("tools/templates/Class.liquid"))).Length;
        await FailsWith(copy, $@"tools/templates/Class\.liquid\({last},6\): error NSWAG001: Invalid 'if' tag");
    }

    [Fact]
    public async Task Undocumented_operation_or_field_fails_the_build()
    {
        using var copy = new RepositoryCopy();
        copy.Replace("spec/bitrix24.openapi.yaml", "          description: Id of the CRM form that is shown during a call. Left out when not set.\n", string.Empty);
        copy.Replace("spec/bitrix24.openapi.yaml", "      summary: Creates a call list, and a CRM activity with it.\n", string.Empty);

        var (exitCode, output) = await copy.TryBuildAsync("-p:TargetFrameworks=net10.0");

        Assert.NotEqual(0, exitCode);
        Assert.Contains("CS1591: Missing XML comment for publicly visible type or member 'AddCallListRequest.WebformId'", output, StringComparison.Ordinal);
        Assert.Contains("CS1591: Missing XML comment for publicly visible type or member 'IBitrix24Client.AddCallListAsync", output, StringComparison.Ordinal);
    }

    private static async Task FailsWith(RepositoryCopy copy, string pattern)
    {
        var (exitCode, output) = await copy.TryBuildAsync();

        Assert.NotEqual(0, exitCode);
        var error = Assert.Single(output.Split('\n').Where(line => line.Contains("error", StringComparison.Ordinal)).Select(line => line.Trim()).Distinct(StringComparer.Ordinal));
        Assert.True(Regex.IsMatch(error.Replace('\\', '/'), pattern, RegexOptions.None, TimeSpan.FromSeconds(1)), $"{pattern}\n{error}");
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    private static int LineOf(string text, string part) => Count(text.Substring(0, text.IndexOf(part, StringComparison.Ordinal)), "\n") + 1;

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
