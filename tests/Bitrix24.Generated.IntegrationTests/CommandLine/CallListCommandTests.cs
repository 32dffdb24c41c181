using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Bitrix24.CommandLine;
using Bitrix24.Testing;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Tests;

public sealed class CallListCommandTests : IDisposable
{
    private readonly SimulatedPortal portal = SimulatedPortal.Start();

    public CallListCommandTests()
    {
        portal.Contacts.Add([.. Enumerable.Range(1, 100)]);
        portal.Companies.Add(5);
        portal.Webforms.Add(1, 5);
    }

    public void Dispose() => portal.Dispose();

    [Theory]
    [InlineData(
        "The portal may have executed the call. Check the portal before you run the command again.",
        "add",
        "--type",
        "contact",
        "--ids",
        "9"
    )]
    [InlineData("It is safe to run the command again.", "get", "1")]
    [InlineData("It is safe to run the command again.", "list")]
    [InlineData("It is safe to run the command again.", "items", "1")]
    [InlineData("It is safe to run the command again.", "statuses")]
    [InlineData("It is safe to run the command again.", "update", "1", "--type", "contact", "--ids", "9", "--webform", "1")]
    public async Task Unknown_outcome_states_whether_the_command_may_be_repeated(string words, params string[] arguments)
    {
        portal.FailNext(SimulatedFault.Answer(HttpStatusCode.OK, "{}"));

        var (exitCode, _, error) = await Tool.RunAsync(new() { [Settings.WebhookUrl] = portal.WebhookUrl }, ["calllist", .. arguments]);

        Assert.NotEqual(0, exitCode);
        Assert.EndsWith(words, error.TrimEnd(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("add")]
    [InlineData("get")]
    [InlineData("list")]
    [InlineData("items")]
    [InlineData("statuses")]
    [InlineData("update")]
    public async Task Example_in_the_help_of_each_command_runs(string command)
    {
        var (_, help, _) = await Tool.RunAsync([], "calllist", command, "--help");
        var example = Regex
            .Match(
                help,
                @"^ +b24 (?<arguments>calllist .*--demo.*)$",
                RegexOptions.Multiline | RegexOptions.ExplicitCapture,
                TimeSpan.FromSeconds(5)
            )
            .Groups["arguments"]
            .Value.Trim();

        var (exitCode, output, error) = await Tool.RunAsync([], example.Split(' '));

        Assert.True(exitCode == 0, error);
        Assert.NotEmpty(output);
        Assert.StartsWith("Demo: the command runs on a portal that is simulated in this process", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_are_printed_as_a_table_or_one_object_per_line()
    {
        await AddAsync("contact", "9,17", "--webform", "1");
        await AddAsync("company", "5");

        var table = await RunAsync("list");
        var lines = (await RunAsync("list", "--json")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(JObject.Parse).ToList();

        Assert.Matches(
            @"^  id +created +createdBy +webform +type\n─+\n  1 +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +1 +1 +contact\n  2 +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +1 +- +company\n$",
            table
        );
        Assert.Equal([1, 2], lines.Select(line => (int)line["id"]!));
        Assert.Equal(["contact", "company"], lines.Select(line => (string?)line["type"]));
        Assert.Equal([2], await IdsAsync("--type", "company"));
        Assert.Equal([1], await IdsAsync("--webform", "1"));
        Assert.Equal([2], await IdsAsync("--after", "1"));
        Assert.Equal([2], await IdsAsync("--newest-first", "--limit", "1"));
        Assert.Empty(await IdsAsync("--created-by", "2"));
        Assert.Equal(1, (int)JObject.Parse(await RunAsync("get", "1", "--json"))["webform"]!);

        async Task<IEnumerable<int>> IdsAsync(params string[] arguments) =>
            (await RunAsync(["list", "--json", .. arguments]))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => (int)JObject.Parse(line)["id"]!);
    }

    [Fact]
    public async Task Items_of_all_pages_are_printed()
    {
        await AddAsync("contact", string.Join(',', Enumerable.Range(1, 70)));

        var items = (await RunAsync("items", "1", "--json", "--status", "IN_WORK"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(JObject.Parse)
            .ToList();

        Assert.Equal(Enumerable.Range(1, 70), items.Select(item => (int)item["id"]!));
        Assert.All(items, item => Assert.Equal(("IN_WORK", "contact"), ((string?)item["status"], (string?)item["type"])));
    }

    [Fact]
    public async Task Update_requires_webform_or_clear_webform()
    {
        await AddAsync("contact", "9", "--webform", "1");

        var (exitCode, _, error) = await Tool.RunAsync(Variables, "calllist", "update", "1", "--type", "contact", "--ids", "17");
        Assert.Equal(2, exitCode);
        Assert.StartsWith(
            "Use either --webform or --clear-webform: without a webform, the update would remove the existing one.",
            error,
            StringComparison.Ordinal
        );
        await RunAsync("update", "1", "--type", "contact", "--ids", "17", "--webform", "5");
        Assert.Equal(5, portal.CallLists[0].WebformId);
        await RunAsync("update", "1", "--type", "contact", "--ids", "19", "--clear-webform");

        Assert.Null(portal.CallLists[0].WebformId);
        Assert.Equal([19], portal.CallLists[0].Entities);
    }

    [Fact]
    public async Task Portal_runs_until_it_is_stopped()
    {
        using var process = Process.Start(
            new ProcessStartInfo(
                "dotnet",
                [typeof(CommandLineTool).Assembly.Location, "portal", "--webhook-code", "secret", "--json", "--legacy-errors"]
            )
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
            }
        )!;
        try
        {
            var started = JObject.Parse((await process.StandardOutput.ReadLineAsync())!);
            using var http = new HttpClient();
            using var body = new StringContent(
                """{"ENTITY_TYPE":"CONTACT","ENTITIES":[1,2,3],"WEBFORM_ID":5}""",
                Encoding.UTF8,
                "application/json"
            );
            using var wrong = new StringContent("{}", Encoding.UTF8, "application/json");

            using var made = await http.PostAsync(new Uri($"{started["url"]}rest/1/secret/crm.calllist.add"), body);
            using var refused = await http.PostAsync(new Uri($"{started["webhookUrl"]}crm.calllist.add"), wrong);

            Assert.Equal(1, (int)JObject.Parse(await made.Content.ReadAsStringAsync())["result"]!);
            Assert.Equal("Invalid parameters.", (string?)JObject.Parse(await refused.Content.ReadAsStringAsync())["error"]);
            using var interrupt = Process.Start("kill", ["-INT", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            await process.WaitForExitAsync();
            Assert.Equal(0, process.ExitCode);
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public async Task Portal_that_cannot_start_states_the_reason()
    {
        var taken = await Tool.RunAsync(
            [],
            "portal",
            "--port",
            portal.Url.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)
        );
        var wrong = await Tool.RunAsync([], "portal", "--port", "0");

        Assert.Equal((2, 2), (taken.ExitCode, wrong.ExitCode));
        Assert.StartsWith($"The portal cannot listen on port {portal.Url.Port}: ", taken.Error, StringComparison.Ordinal);
    }

    private Dictionary<string, string> Variables => new(StringComparer.Ordinal) { ["BITRIX24_WEBHOOK_URL"] = portal.WebhookUrl };

    private Task<string> AddAsync(string type, string ids, params string[] more) =>
        RunAsync(["add", "--type", type, "--ids", ids, .. more]);

    private async Task<string> RunAsync(params string[] arguments)
    {
        var (exitCode, output, error) = await Tool.RunAsync(Variables, ["calllist", .. arguments]);
        Assert.True(exitCode == 0, error);
        return output;
    }
}
