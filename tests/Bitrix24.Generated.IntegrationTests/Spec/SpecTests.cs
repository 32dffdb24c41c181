using System.Text.Json.Nodes;
using Bitrix24.CommandLine;
using Bitrix24.Specs;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Tests;

public sealed class SpecTests
{
    private const string AddCallList = "      operationId: AddCallList\n";

    /// <summary>Changes of the spec that a rule must find, with a part of the expected message.</summary>
    private static readonly (string Rule, string Text, string By, string Says)[] Breakages =
    [
        (
            "valid-openapi",
            "          description: The id of the new call list.\n          content",
            "          content",
            "AddCallList|crm.calllist.add"
        ),
        (
            "known-words",
            "          format: int64\n          minimum: 1\n          description: The id of the CRM webform to show during a call. Default",
            "          formt: int64\n          minimum: 1\n          description: The id of the CRM webform to show during a call. Default",
            "'formt'"
        ),
        (
            "known-words",
            "      requestBody:\n        description: The entities",
            "      requestBdy:\n        description: The entities",
            "'requestBdy'"
        ),
        (
            "unique-names",
            "operationId: GetCallList\n",
            "operationId: AddCalllist\n",
            "crm.calllist.get: operationId 'AddCalllist' is not unique."
        ),
        ("unique-names", "    BatchError:\n", "    Batcherror: {type: object}\n    BatchError:\n", "the name is not unique"),
        ("operation-described", AddCallList, "      operationId: add_call_list\n", "'add_call_list'"),
        ("operation-described", "      summary: Creates a call list and its CRM activity.\n", "", "crm.calllist.add: summary"),
        (
            "operation-described",
            "      x-reference: *AddCallListReference\n",
            "      x-reference: https://apidocs.bitrix24.com/\n",
            "crm.calllist.add: externalDocs"
        ),
        ("operation-bodies", AddCallList, "      operationId: AppendCallList\n", "AppendCallListRequest"),
        (
            "operation-bodies",
            "                $ref: '#/components/schemas/AddCallListResponse'",
            "                $ref: '#/components/schemas/GetCallListResponse'",
            "the response 200 is not the schema AddCallListResponse"
        ),
        (
            "operation-bodies",
            "          description: The id of the new call list.\n        time:",
            "          description: The id of the new call list.\n        duration:",
            "has no property time"
        ),
        (
            "operation-bodies",
            "            examples:\n              Reference:\n                $ref: '#/components/examples/GetCallListRequest'\n",
            "",
            "crm.calllist.get: the request has no example"
        ),
        (
            "operation-bodies",
            "              examples:\n                Found:\n                  $ref: '#/components/examples/GetCallListFound'\n",
            "",
            "crm.calllist.get: the response 200 has no example"
        ),
        (
            "operation-bodies",
            "        '500':\n          $ref: '#/components/responses/InternalServerError'\n        '503':\n          $ref: "
                + "'#/components/responses/ServiceUnavailable'\n",
            "",
            "no response 5xx"
        ),
        (
            "idempotence-stated",
            "      x-unknown-outcome-hint: check with ListCallListsAsync before you send it again\n",
            "",
            "crm.calllist.add: it does not state"
        ),
        (
            "idempotence-stated",
            "      x-reference: *GetCallListReference\n      x-idempotent: true\n",
            "      x-reference: *GetCallListReference\n",
            "crm.calllist.get: it does not state"
        ),
        (
            "response-size",
            "      x-max-response-size: 262144\n",
            "      x-max-response-size: 262144.5\n",
            "x-max-response-size '262144.5' is not a valid response size"
        ),
        (
            "response-size",
            "      x-max-response-size: 262144\n",
            "      x-max-response-size: 1023\n",
            "x-max-response-size '1023' is not a valid response size"
        ),
        (
            "response-size",
            "      x-max-response-size: 262144\n",
            "      x-max-response-size: 256 KiB\n",
            "x-max-response-size '256 KiB' is not a valid response size"
        ),
        (
            "known-types",
            "        WEBFORM_ID:\n          type: integer\n          format: int64\n          minimum: 1\n          description: The "
                + "id of the CRM webform to show during a call. Default",
            "        WEBFORM_ID:\n          type: integr\n          format: int64\n          minimum: 1\n          description: The "
                + "id of the CRM webform to show during a call. Default",
            "'integr'"
        ),
        ("schema-generable", "          uniqueItems: true\n", "          uniqueItems: true\n          maxItems: 5\n", "'maxItems'"),
        (
            "schema-generable",
            "    CallListEntityType:\n      type: string\n",
            "    CallListEntityType:\n      type: integer\n",
            "CallListEntityType: only an enum"
        ),
        (
            "schema-generable",
            "      description: A condition for items of a call list.\n",
            "      description: A condition for items of a call list.\n      additionalProperties: true\n",
            "CallListItemFilter: a schema cannot be a map"
        ),
        (
            "schema-generable",
            "        NAME:\n          type: string\n",
            "        NAME:\n          enum: [a]\n          type: string\n",
            "the type of NAME has no name"
        ),
        (
            "schema-generable",
            "        start:\n          x-csharp-name: StartUnixSeconds\n          type: number\n          format: double\n",
            "        start:\n          x-csharp-name: StartUnixSeconds\n          type: array\n          items:\n            type: string\n",
            "ResponseTime: start has a type"
        ),
        (
            "schema-generable",
            "        STATUS:\n          description: The license of the application.\n          allOf:\n            - $ref: '#/components/schemas/ApplicationStatus'\n",
            "        STATUS:\n          description: The license of the application.\n          allOf:\n            - $ref: '#/components/schemas/UserProfile'\n",
            "ApplicationInfo: STATUS has a type"
        ),
        (
            "examples-valid",
            "      value: {ENTITY_TYPE: CONTACT, ENTITIES: [1, 2, 3], WEBFORM_ID: 5}\n",
            "      value: {ENTITY_TYPE: CONTACT, ENTITIES: [1, 1], WEBFORM_ID: 5}\n",
            "is not a valid AddCallListRequest"
        ),
        (
            "examples-used",
            "                ListIdIncorrect:\n                  $ref: '#/components/examples/ListIdIncorrect'\n",
            "",
            "ListIdIncorrect: no operation refers"
        ),
        ("catalog-consistent", "        - LIST_ID_ERROR\n", "        - LIST_ID_ERROR\n        - NEW_ERROR\n", "entries for"),
        ("catalog-consistent", "        - ENTITIES_ERROR\n", "        - error_argument\n", "appears in two rows"),
        ("catalog-consistent", "        - EntitiesError\n", "        - entities\n", "'entities' is not a valid or unique name"),
        ("catalog-consistent", "        - Never\n", "        - Sometimes\n", "'Sometimes'"),
        ("catalog-complete", "        - LIST_ID_ERROR\n", "        - OTHER_ERROR\n", "no example contains 'OTHER_ERROR'"),
        (
            "catalog-complete",
            "        - LIST_ID_ERROR\n",
            "        - OTHER_ERROR\n",
            "an example contains 'LIST_ID_ERROR', which has no row"
        ),
    ];

    public static TheoryData<string> RuleNames => [.. SpecLint.Rules.Select(rule => rule.Name)];

    [Theory]
    [MemberData(nameof(RuleNames))]
    public async Task Rule_accepts_the_spec_and_finds_every_breakage(string rule)
    {
        using var folder = new SpecFolder();
        Assert.Empty(await folder.FindingsAsync(rule));

        var breakages = Breakages.Where(breakage => breakage.Rule == rule).ToList();
        Assert.NotEmpty(breakages);
        foreach (var (_, text, by, says) in breakages)
        {
            using var broken = new SpecFolder();
            var file = broken.Replace(text, by);
            var findings = await broken.FindingsAsync(rule);
            Assert.True(
                findings.Exists(finding => says.Split('|').Any(part => finding.Contains(part, StringComparison.Ordinal))),
                $"{rule} does not say {says}:\n{string.Join('\n', findings)}"
            );
            Assert.All(findings, finding => Assert.Matches(@"^[\w.]+\.yaml\(\d+\): ", finding));
            Assert.Contains(findings, finding => finding.StartsWith(file + "(", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Finding_contains_the_file_and_the_line_of_its_place()
    {
        using var folder = new SpecFolder();
        var file = folder.Replace("      summary: Returns a call list.\n", "");
        var line = Array.IndexOf(await File.ReadAllLinesAsync(folder.PathOf(file)), "  /crm.calllist.get:") + 1;

        Assert.Equal(
            [
                FormattableString.Invariant(
                    $"crm.calllist.yaml({line}): crm.calllist.get: summary or description is missing. Write both. They become the XML documentation. [operation-described]"
                ),
            ],
            await folder.FindingsAsync("operation-described")
        );
    }

    [Fact]
    public async Task Lint_of_the_spec_finds_no_problems()
    {
        var (exitCode, output, error) = await Tool.RunSpecAsync("lint", ProjectSpec.Path);

        Assert.Equal((0, string.Empty), (exitCode, output));
        Assert.EndsWith("no problems.\n", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lint_prints_a_sentence_or_an_object_for_each_finding()
    {
        using var folder = new SpecFolder();
        var path = folder.PathOf(folder.Replace("        - Never\n", "        - Sometimes\n"));

        var (exitCode, output, _) = await Tool.RunSpecAsync("lint", folder.Path);
        Assert.Equal(11, exitCode);
        Assert.StartsWith(path + "(", output, StringComparison.Ordinal);
        Assert.EndsWith("[catalog-consistent]\n", output, StringComparison.Ordinal);

        (exitCode, output, var error) = await Tool.RunSpecAsync("lint", folder.Path, "--json");
        Assert.Equal((11, string.Empty), (exitCode, error));
        var finding = JObject.Parse(output);
        Assert.Equal(["file", "line", "rule", "place", "problem", "remedy"], finding.Properties().Select(member => member.Name));
        Assert.Equal("catalog-consistent", (string?)finding["rule"]);
        Assert.Equal(path, (string?)finding["file"]);
    }

    [Fact]
    public async Task Unreadable_file_is_named_in_the_message()
    {
        using var folder = new TemporaryFolder();
        var noYaml = Path.Combine(folder.Path, "broken.txt");
        await File.WriteAllTextAsync(noYaml, "openapi: [3.0.3\n");

        foreach (var path in new[] { noYaml, Path.Combine(folder.Path, "absent.yaml"), folder.Path })
        {
            var (exitCode, output, error) = await Tool.RunSpecAsync("lint", path);
            Assert.Equal((2, string.Empty), (exitCode, output));
            Assert.StartsWith($"{path} cannot be read: ", error, StringComparison.Ordinal);

            (exitCode, _, error) = await Tool.RunSpecAsync("rest3", path, "--output", Path.Combine(folder.Path, "prepared.json"));
            Assert.Equal(2, exitCode);
            Assert.StartsWith($"{path} cannot be read: ", error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Rest3_rejects_a_document_without_methods()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "portal.openapi.json");
        await File.WriteAllTextAsync(path, "{}");

        var (exitCode, _, error) = await Tool.RunSpecAsync("rest3", path, "--output", Path.Combine(folder.Path, "prepared.json"));

        Assert.Equal((2, $"{path} cannot be read: This is not an OpenAPI document with paths.\n"), (exitCode, error));
    }

    [Theory]
    [InlineData("lint", "--access-token=s3cr3t")]
    [InlineData("lint", "--access-token", "s3cr3t")]
    [InlineData("lint", "s3cr3t")]
    [InlineData("lint", "s3cr3t", "--json")]
    [InlineData("errors", "s3cr3t")]
    [InlineData("rest3", "s3cr3t", "--output", "rest3.json")]
    [InlineData("lint", "https://a.example/rest/api/1/s3cr3tc0de/rest.documentation.openapi")]
    [InlineData("rest3", "https://a.example/rest/api/1/s3cr3tc0de/rest.documentation.openapi", "--output", "rest3.json")]
    public async Task Possible_secrets_in_arguments_are_not_repeated(params string[] arguments)
    {
        var (exitCode, output, error) = await Tool.RunSpecAsync(arguments);

        Assert.Equal((2, string.Empty), (exitCode, output));
        Assert.NotEmpty(error);
        Assert.DoesNotContain("s3cr3t", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_with_secrets_is_not_repeated()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "bitrix24.env");
        await File.WriteAllTextAsync(path, "BITRIX24_ACCESS_TOKEN=s3cr3t\n");

        foreach (var argument in new[] { path, "@" + path })
        {
            var (exitCode, _, error) = await Tool.RunSpecAsync("lint", argument);

            Assert.Equal(2, exitCode);
            Assert.DoesNotContain("s3cr3t", error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Help_lists_commands_and_exit_codes()
    {
        var (exitCode, output, _) = await Tool.RunSpecAsync("--help");

        Assert.Equal(0, exitCode);
        Assert.All(["lint", "bundle", "errors", "rest3", "Exit codes"], words => Assert.Contains(words, output, StringComparison.Ordinal));
    }

    /// <summary>The spec tool does not need a client that builds, and b24 does not contain an OpenAPI reader.</summary>
    [Fact]
    public void Tools_do_not_share_dependencies()
    {
        var maintainers = typeof(SpecTool).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name).ToList();
        var callers = typeof(CommandLineTool).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name).ToList();

        Assert.DoesNotContain("Bitrix24.Generated", maintainers);
        Assert.Contains("Microsoft.OpenApi", maintainers);
        Assert.DoesNotContain(callers, name => name is "Microsoft.OpenApi" or "Microsoft.OpenApi.YamlReader" or "NJsonSchema");
    }

    [Fact]
    public async Task Hand_written_filter_fields_match_the_spec()
    {
        var spec = await ProjectSpec.LoadAsync();
        var filter = Enum.GetValues<CallListFilterField>().Aggregate(new CallListFilter(), (filter, field) => filter.Equal(field, 1));

        var written = JsonNode.Parse(Newtonsoft.Json.JsonConvert.SerializeObject(filter))!.AsObject().Select(member => member.Key);

        Assert.Equal(
            spec.Json["components"]!["schemas"]!["CallListFilter"]!["properties"]!.AsObject().Select(member => member.Key),
            written
        );
    }
}
