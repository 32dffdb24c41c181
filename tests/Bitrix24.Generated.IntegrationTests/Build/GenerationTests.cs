using System.Reflection;
using System.Runtime.Loader;
using System.Text.RegularExpressions;

namespace Bitrix24.Tests;

public sealed class GenerationTests
{
    private static readonly (string Name, string Property, string Schema, Type Type, object Value, string Json)[] NewFields =
    [
        ("DAYS_TO_LIVE", "DaysToLive", "          type: integer\n          format: int64\n", typeof(long?), 30L, "30"),
        ("PRIORITY", "Priority", "          type: integer\n          minimum: 1\n", typeof(int?), 2, "2"),
        ("SHARE", "Share", "          type: number\n          format: double\n          minimum: 0\n", typeof(double?), 0.5, "0.5"),
        ("TITLE", "Title", "          type: string\n", typeof(string), "x", "\"x\""),
        ("IS_OPEN", "IsOpen", "          type: boolean\n", typeof(bool?), true, "true"),
        (
            "TAGS",
            "Tags",
            "          type: array\n          minItems: 1\n          uniqueItems: true\n          items:\n            type: string\n",
            typeof(IReadOnlyList<string>),
            new[] { "a", "b" },
            "[\"a\",\"b\"]"
        ),
        (
            "startAt",
            "StartAt",
            "          type: string\n          format: date-time\n",
            typeof(DateTimeOffset?),
            new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2)),
            "\"2026-01-02T03:04:05+02:00\""
        ),
    ];

    private const string Generating = "Generating Bitrix24Client.g.cs";

    private const string NewMethod = """
        paths:
          /crm.calllist.count:
            post:
              operationId: CountCallLists
              summary: Counts call lists.
              description: Counts them.
              x-reference: https://apidocs.bitrix24.com/
              x-idempotent: true
              responses:
                '200':
                  description: The number.
                  content:
                    application/json:
                      schema:
                        $ref: '#/components/schemas/CountCallListsResponse'
        components:
          schemas:
            CountCallListsResponse:
              type: object
              description: The number of call lists.
              required: [result]
              properties:
                result:
                  description: The number.
                  allOf:
                    - $ref: '#/components/schemas/IntegerOrDigits'
                time:
                  description: The time that the portal took.
                  allOf:
                    - $ref: '#/components/schemas/ResponseTime'

        """;

    [Fact]
    public async Task Client_is_generated_once_for_both_frameworks_and_again_only_after_a_change()
    {
        using var copy = new RepositoryCopy();

        Assert.Equal(1, Count(await copy.BuildAsync(), Generating));
        Assert.Equal(0, Count(await copy.BuildAsync(), Generating));

        File.AppendAllText(copy.CallLists, "\n# A remark changes nothing in the output.\n");
        Assert.Equal(1, Count(await copy.BuildAsync(), Generating));
        Assert.Equal(0, Count(await copy.BuildAsync(), Generating));

        await File.WriteAllTextAsync(copy.PathOf("spec/crm.calllist.more.yaml"), NewMethod);
        Assert.Equal(1, Count(await copy.BuildAsync(), Generating));
        Assert.Contains(" CountCallListsAsync(", await File.ReadAllTextAsync(copy.GeneratedClient), StringComparison.Ordinal);
        Assert.Equal(0, Count(await copy.BuildAsync(), Generating));

        File.Delete(copy.PathOf("spec/crm.calllist.more.yaml"));
        Assert.Equal(1, Count(await copy.BuildAsync(), Generating));
        Assert.DoesNotContain("CountCallLists", await File.ReadAllTextAsync(copy.GeneratedClient), StringComparison.Ordinal);

        File.AppendAllText(copy.PathOf("nswag.json"), "\n");
        Assert.Equal(1, Count(await copy.BuildAsync(), Generating));

        File.AppendAllText(copy.PathOf("tools/templates/Class.liquid"), "{%- comment -%}A remark.{%- endcomment -%}");
        Assert.Equal(1, Count(await copy.BuildAsync(), Generating));

        File.Delete(copy.PathOf("tools/templates/File.Footer.liquid"));
        Assert.Equal(1, Count(await copy.BuildAsync(), Generating));

        await DotNet.RunAsync(copy.Path, ["clean", "src/Bitrix24.Generated", .. DotNet.Alone]);
        Assert.False(File.Exists(copy.GeneratedClient));
    }

    [Fact]
    public async Task New_field_in_the_spec_is_typed_documented_and_sent()
    {
        using var copy = new RepositoryCopy();
        var spec = await File.ReadAllTextAsync(copy.CallLists);
        var at = spec.IndexOf(
            "        WEBFORM_ID:\n",
            spec.IndexOf("    AddCallListRequest:\n      type: object", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        var fields = string.Concat(
            NewFields.Select(field => $"        {field.Name}:\n{field.Schema}          description: What {field.Name} is for.\n")
        );
        await File.WriteAllTextAsync(copy.CallLists, spec.Insert(at, fields));

        await copy.BuildAsync("-p:TargetFrameworks=net10.0");

        var folder = copy.PathOf("src/Bitrix24.Generated/bin/Debug/net10.0/");
        var context = new AssemblyLoadContext(nameof(GenerationTests), isCollectible: true);
        using (var dll = new MemoryStream(await File.ReadAllBytesAsync(folder + "Bitrix24.Generated.dll")))
        {
            var type = context.LoadFromStream(dll).GetType("Bitrix24.AddCallListRequest")!;
            var request = Activator.CreateInstance(type)!;
            foreach (var field in NewFields)
            {
                var property = type.GetProperty(field.Property)!;
                Assert.Equal(field.Type, property.PropertyType);
                property.SetValue(request, field.Value);
            }

            var json = Newtonsoft.Json.JsonConvert.SerializeObject(request);
            Assert.All(NewFields, field => Assert.Contains($"\"{field.Name}\":{field.Json}", json, StringComparison.Ordinal));
        }

        context.Unload();
        var documentation = await File.ReadAllTextAsync(folder + "Bitrix24.Generated.xml");
        Assert.All(NewFields, field => Assert.Contains($"What {field.Name} is for.", documentation, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Generated_text_does_not_depend_on_the_folder()
    {
        using var copy = new RepositoryCopy();

        await copy.BuildAsync("-p:TargetFrameworks=net10.0");

        Assert.Equal(
            await File.ReadAllTextAsync(Repository.PathOf("src/Bitrix24.Generated/obj/nswag/Bitrix24Client.g.cs")),
            await File.ReadAllTextAsync(copy.GeneratedClient)
        );
    }

    [Fact]
    public async Task Broken_input_fails_with_one_line_with_file_and_position()
    {
        using var copy = new RepositoryCopy();
        var spec = await File.ReadAllTextAsync(copy.CallLists);
        var settings = await File.ReadAllTextAsync(copy.PathOf("nswag.json"));

        copy.Replace(RepositoryCopy.CallListFile, "operationId: AddCallList\n", "operationId: [AddCallList\n");
        await FailsWith(copy, At("operationId: AddCallList\n") + @"NSWAG001: This is not valid YAML\.");

        await File.WriteAllTextAsync(copy.CallLists, spec);
        copy.Replace(RepositoryCopy.CallListFile, "      summary: Creates", "      - summary: Creates");
        await FailsWith(copy, At("      summary: Creates") + @"NSWAG001: While parsing a block mapping, did not find expected key\.");

        await File.WriteAllTextAsync(copy.CallLists, spec);
        copy.Replace(RepositoryCopy.CallListFile, "schemas/AddCallListResponse'", "schemas/NoSuchSchema'");
        await FailsWith(copy, At("schemas/AddCallListResponse'") + @"NSWAG001: Nothing is defined at #/components/schemas/NoSuchSchema\.");

        await File.WriteAllTextAsync(copy.CallLists, spec);
        await File.WriteAllTextAsync(
            copy.PathOf("spec/copied.yaml"),
            NewMethod.Replace("CountCallLists", "AddCallList", StringComparison.Ordinal)
        );
        await FailsWith(
            copy,
            At("operationId: AddCallList\n") + @"NSWAG004: operationId 'AddCallList' is already defined at spec/copied\.yaml\(4,7\)\.",
            At("    AddCallListResponse:\n") + @"NSWAG004: components/schemas/AddCallListResponse is already .* spec/copied\.yaml\(18,5\)\."
        );

        File.Delete(copy.PathOf("spec/copied.yaml"));
        Directory.Move(copy.Spec, copy.PathOf("moved"));
        await FailsWith(copy, @"spec/?\(1,1\): error NSWAG004: Could not find ");

        Directory.Move(copy.PathOf("moved"), copy.Spec);
        copy.Replace("nswag.json", "\"className\"", "className\"");
        await FailsWith(copy, @"nswag\.json\(\d+,\d+\): error NSWAG001: Invalid JavaScript property identifier character");

        await File.WriteAllTextAsync(copy.PathOf("nswag.json"), settings);
        await File.AppendAllTextAsync(copy.PathOf("tools/templates/Class.liquid"), "{% if %}\n");
        var last = (await File.ReadAllLinesAsync(copy.PathOf("tools/templates/Class.liquid"))).Length;
        await FailsWith(copy, $@"tools/templates/Class\.liquid\({last},6\): error NSWAG001: Invalid 'if' tag");

        string At(string text) => $@"spec/crm\.calllist\.yaml\({LineOf(spec, text)},\d+\): error ";
    }

    [Fact]
    public async Task Undocumented_operation_or_field_fails_the_build()
    {
        using var copy = new RepositoryCopy();
        const string Webform = "          description: The id of the CRM webform to show during a call. Default is none.\n";
        copy.Replace(RepositoryCopy.CallListFile, Webform, string.Empty);
        copy.Replace(RepositoryCopy.CallListFile, "      summary: Creates a call list and its CRM activity.\n", string.Empty);

        var (exitCode, output) = await copy.TryBuildAsync("-p:TargetFrameworks=net10.0");

        Assert.NotEqual(0, exitCode);
        const string Missing = "CS1591: Missing XML comment for publicly visible type or member ";
        Assert.Contains(Missing + "'AddCallListRequest.WebformId'", output, StringComparison.Ordinal);
        Assert.Contains(Missing + "'IBitrix24Client.AddCallListAsync", output, StringComparison.Ordinal);
    }

    private static async Task FailsWith(RepositoryCopy copy, params string[] patterns)
    {
        var (exitCode, output) = await copy.TryBuildAsync();

        Assert.NotEqual(0, exitCode);
        var errors = output
            .Split('\n')
            .Where(line => line.Contains("error", StringComparison.Ordinal))
            .Select(line => line.Trim().Replace('\\', '/'));
        Assert.Collection(
            errors.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
            [
                .. patterns.Select<string, Action<string>>(pattern =>
                    error =>
                        Assert.True(Regex.IsMatch(error, "/" + pattern, RegexOptions.None, TimeSpan.FromSeconds(1)), $"{pattern}\n{error}")
                ),
            ]
        );
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    private static int LineOf(string text, string part) => Count(text.Substring(0, text.IndexOf(part, StringComparison.Ordinal)), "\n") + 1;

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
