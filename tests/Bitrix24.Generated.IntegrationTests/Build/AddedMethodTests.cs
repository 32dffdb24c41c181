using System.Net;
using System.Text.RegularExpressions;
using Bitrix24.Testing;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Tests;

/// <summary>Follows the chapter "Adding a method" of CONTRIBUTING.md in a copy of the repository.</summary>
public sealed class AddedMethodTests
{
    private const string Page =
        """{"result":{"items":[{"id":253,"title":"Lead","tags":["a"]},[]]},"next":50,"total":"51","time":{"start":1721724354.2,"operating":0}}""";

    [Fact]
    public async Task Method_described_in_the_spec_can_be_called_without_code()
    {
        using var copy = new RepositoryCopy();
        var call = await AddToAsync(copy);

        Assert.Equal((0, string.Empty), await LintAsync(copy.Spec));
        await copy.BuildAsync("-p:TargetFrameworks=net10.0");

        using var portal = SimulatedPortal.Start();
        portal.FailNext(SimulatedFault.Answer(HttpStatusCode.OK, Page, "application/json"));
        portal.AddMethod(
            "crm.item.list",
            parameters => new
            {
                items = new[]
                {
                    new
                    {
                        title = $"{parameters["entityTypeId"]} {parameters["filter"]?[">=opportunity"]} {parameters["filter"]?["@stageId"]?[1]}",
                    },
                },
            }
        );
        portal.FailNext(
            SimulatedFault.Answer(
                HttpStatusCode.BadRequest,
                """{"error":"INVALID_ARG_VALUE","error_description":"Invalid filter"}""",
                "application/json"
            )
        );
        await WriteProgramAsync(copy, call);

        var output = await DotNet.RunAsync(
            copy.Path,
            ["run", "--project", "program", "--property:NodeReuse=false", "-p:UseSharedCompilation=false", "--", portal.WebhookUrl]
        );

        Assert.Equal(
            "Lead a 50 51 0 1721724354.2\nBitrix24InvalidRequestException InvalidArgValue NotExecuted\n1 5000 IN_PROCESS - -\n1 5000 IN_PROCESS\n",
            output
        );
        var sent = JObject.Parse(portal.Requests[0].Body);
        Assert.Equal(
            """{"entityTypeId":1,"select":["id","title"],"filter":{">=opportunity":5000,"@stageId":["NEW","IN_PROCESS"]}}""",
            sent.ToString(Newtonsoft.Json.Formatting.None)
        );
    }

    /// <summary>Inserts the blocks of CONTRIBUTING.md where the text says, and returns the code of the call.</summary>
    internal static async Task<string> AddToAsync(RepositoryCopy copy)
    {
        var text = await File.ReadAllTextAsync(Repository.PathOf("CONTRIBUTING.md"));
        var chapter = text[
            text.IndexOf("## Adding a method\n", StringComparison.Ordinal)..text.IndexOf("## Snapshots\n", StringComparison.Ordinal)
        ];
        var snapshots = Regex
            .Matches(chapter, @"`(?<name>\w+Tests\.\w+)`", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5))
            .Select(match => match.Groups["name"].Value)
            .ToList();
        Assert.Equal(4, snapshots.Count);
        Assert.All(
            snapshots,
            name =>
                Assert.Single(
                    Directory.GetFiles(
                        Repository.PathOf("tests/Bitrix24.Generated.Tests"),
                        name + ".verified.*",
                        SearchOption.AllDirectories
                    )
                )
        );
        var blocks = Blocks(chapter, "yaml");
        Assert.Equal(2, blocks.Count);

        var call = Assert
            .Single(Blocks(chapter, "csharp"))
            .Replace("using Newtonsoft.Json.Linq;\n\n", string.Empty, StringComparison.Ordinal);
        Assert.Contains("create the file `crm.item.yaml` in `spec/`", chapter, StringComparison.Ordinal);
        if (File.Exists(copy.PathOf("spec/crm.item.yaml")))
        {
            // The method of the chapter has already been added to the spec.
            return call;
        }

        await File.WriteAllTextAsync(copy.PathOf("spec/crm.item.yaml"), blocks[0]);
        var shared = copy.PathOf("spec/shared.yaml");
        var spec = await File.ReadAllTextAsync(shared);
        foreach (
            Match rows in Regex.Matches(
                blocks[1],
                @"^(?<array>\S+):\n(?<rows>(?:  - .*\n)+)",
                RegexOptions.Multiline | RegexOptions.ExplicitCapture,
                TimeSpan.FromSeconds(5)
            )
        )
        {
            var catalog = spec.IndexOf("\n    Bitrix24ErrorCode:\n", StringComparison.Ordinal);
            var array = spec.IndexOf($"\n      {rows.Groups["array"].Value}:\n", catalog, StringComparison.Ordinal);
            var end = new Regex(@"(?:\n        .*)+\n", RegexOptions.None, TimeSpan.FromSeconds(5)).Match(spec, array + 1);
            spec = spec.Insert(end.Index + end.Length, rows.Groups["rows"].Value.Replace("  - ", "        - ", StringComparison.Ordinal));
        }

        await File.WriteAllTextAsync(shared, spec);
        return call;
    }

    private static async Task<(int ExitCode, string Output)> LintAsync(string spec)
    {
        var (exitCode, output, _) = await Tool.RunSpecAsync("lint", spec);
        return (exitCode, output);
    }

    private static async Task WriteProgramAsync(RepositoryCopy copy, string call)
    {
        await copy.AddProgramAsync();
        await File.WriteAllTextAsync(
            copy.PathOf("program/Program.cs"),
            $$"""
            using Bitrix24;
            using Newtonsoft.Json.Linq;

            #nullable disable warnings
            IBitrix24Client bitrix24 = Bitrix24Client.Create(args[0]);
            await First();
            try
            {
                await First();
            }
            catch (Bitrix24InvalidRequestException exception)
            {
                Console.WriteLine($"{exception.GetType().Name} {exception.ErrorCode} {exception.Execution}");
            }

            {{call}}
            Console.WriteLine($"{title} {next?.ToString() ?? "-"} {page.Total?.ToString() ?? "-"}");

            var command = BatchCommand.ListCrmItems(new ListCrmItemsRequest
            {
                EntityTypeId = 1,
                Filter = new Dictionary<string, JToken> { [">=opportunity"] = 5000, ["@stageId"] = new JArray("NEW", "IN_PROCESS") },
            });
            var batch = await bitrix24.BatchAsync(new BatchRequest { Commands = new Dictionary<string, string> { ["a"] = command } });
            Console.WriteLine((string?)batch.Result.ResultOf<ListCrmItemsResponse>("a")!.Result.Items[0]["title"]);

            async Task First()
            {
            {{call}}
                var items = page.Result.Items;
                Console.WriteLine(FormattableString.Invariant(
                    $"{title} {items[0]["tags"][0]} {next} {page.Total} {items[1].Count} {page.Time?.StartUnixSeconds}"));
            }
            """
        );
    }

    private static List<string> Blocks(string text, string language) =>
        [
            .. Regex
                .Matches(
                    text,
                    $@"```{language}\n(?<block>.*?)```",
                    RegexOptions.Singleline | RegexOptions.ExplicitCapture,
                    TimeSpan.FromSeconds(5)
                )
                .Select(match => match.Groups["block"].Value),
        ];
}
