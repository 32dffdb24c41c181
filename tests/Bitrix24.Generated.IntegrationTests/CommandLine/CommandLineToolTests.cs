using System.Net;
using Bitrix24.CommandLine;
using Bitrix24.Testing;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Tests;

public sealed class CommandLineToolTests
{
    [Fact]
    public async Task Demo_creates_a_call_list_and_prints_a_note()
    {
        var (exitCode, output, error) = await Tool.RunAsync(
            [],
            "calllist",
            "add",
            "--demo",
            "--type",
            "contact",
            "--ids",
            "9,17,19",
            "--webform",
            "1"
        );

        Assert.Equal(0, exitCode);
        Assert.Matches(@"^Created call list 1\. The portal took \d+\.\d{3} s\.\n$", output);
        Assert.Contains("portal that is simulated in this process", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_prints_exactly_one_object()
    {
        var (exitCode, output, error) = await Tool.RunAsync(
            [],
            "calllist",
            "add",
            "--demo",
            "--type",
            "company",
            "--ids",
            "1 2",
            "--json",
            "--ids",
            "3"
        );

        Assert.Equal(2, exitCode);
        (exitCode, output, error) = await Tool.RunAsync(
            [],
            "calllist",
            "add",
            "--demo",
            "--type",
            "company",
            "--ids",
            "1,2",
            "--ids",
            "3",
            "--json"
        );

        Assert.Equal(0, exitCode);
        Assert.Equal(1, (int)JObject.Parse(output)["id"]!);
        Assert.True((double)JObject.Parse(output)["portalSeconds"]! >= 0);
        Assert.Empty(error);
    }

    [Fact]
    public async Task Missing_portal_fails_and_explains_settings_and_demo()
    {
        var (exitCode, output, error) = await Tool.RunAsync([], "calllist", "add", "--type", "contact", "--ids", "9");

        Assert.Equal(2, exitCode);
        Assert.Empty(output);
        foreach (var way in new[] { "BITRIX24_WEBHOOK_URL", "BITRIX24_PORTAL_URL", "BITRIX24_ACCESS_TOKEN", "--env-file", "--demo" })
        {
            Assert.Contains(way, error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Webhook_and_token_come_from_the_environment_or_a_file()
    {
        using var portal = SimulatedPortal.Start();
        portal.Contacts.Add(9);
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "bitrix24.env");
        await File.WriteAllTextAsync(file, $"# portal\n\nBITRIX24_WEBHOOK_URL=\"{portal.WebhookUrl}\"\n");

        await Succeeds(new() { ["BITRIX24_WEBHOOK_URL"] = portal.WebhookUrl });
        await Succeeds(new() { ["BITRIX24_PORTAL_URL"] = portal.Url.ToString(), ["BITRIX24_ACCESS_TOKEN"] = portal.AccessToken });
        await Succeeds([], "--env-file", file);
        var tokenFile = Path.Combine(folder.Path, "tokens.json");
        await new FileBitrix24TokenStore(tokenFile).SaveAsync(TestCredentials.TokenOf(portal), CancellationToken.None);
        portal.ExpireAccessToken();
        await Succeeds(
            new()
            {
                ["BITRIX24_PORTAL_URL"] = portal.Url.ToString(),
                ["BITRIX24_OAUTH_CLIENT_ID"] = portal.ClientId,
                ["BITRIX24_OAUTH_CLIENT_SECRET"] = portal.ClientSecret,
                ["BITRIX24_OAUTH_TOKEN_FILE"] = tokenFile,
                ["BITRIX24_OAUTH_TOKEN_ENDPOINT"] = portal.TokenEndpoint.ToString(),
            }
        );

        Assert.Equal(4, portal.CallLists.Count);
        Assert.All(
            portal.Requests,
            request => Assert.StartsWith("b24 Bitrix24.Generated/", request.Headers["User-Agent"], StringComparison.Ordinal)
        );

        async Task Succeeds(Dictionary<string, string> variables, params string[] more)
        {
            var (exitCode, output, error) = await Tool.RunAsync(variables, ["calllist", "add", "--type", "contact", "--ids", "9", .. more]);
            Assert.Equal((0, ""), (exitCode, error));
            Assert.StartsWith("Created call list ", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Failures_have_messages_and_exit_codes_without_secrets()
    {
        using var portal = SimulatedPortal.Start(new SimulatedPortalOptions { WebhookCode = "s3cr3tc0de" });
        portal.Contacts.Add(9);
        portal.Contacts.AddUnreadable(30);

        await Fails(3, "ENTITY_ERROR", "404");
        await Fails(4, "ACCESS_ERROR", "30");
        await Fails(2, "repeats 9. Remove the duplicate.\n", "9,9");
        await Fails(2, "Value 2 of --ids is not an id", "9,nine");
        await Fails(5, "NO_AUTH_FOUND", "9", portal.WebhookUrl.Replace("s3cr3tc0de", "s3cr3tc0dx", StringComparison.Ordinal));
        await Fails(2, "BITRIX24_WEBHOOK_URL: The webhook URL does not use https", "9", "http://acme.bitrix24.com/rest/1/s3cr3tc0de/");
        portal.FailNext(SimulatedFault.Answer(HttpStatusCode.ServiceUnavailable, """{"error":"QUERY_LIMIT_EXCEEDED"}"""));
        await Fails(6, "too many requests", "9");
        portal.FailNext(SimulatedFault.Answer(HttpStatusCode.InternalServerError, """{"error":"INTERNAL_SERVER_ERROR"}"""));
        await Fails(7, "may have executed the call", "9");
        portal.FailNext(SimulatedFault.Answer(HttpStatusCode.BadGateway, "<html>", "text/html"));
        await Fails(8, "an HTML page", "9");

        Assert.Empty(portal.CallLists);

        async Task Fails(int expected, string words, string ids, string? webhookUrl = null)
        {
            var (exitCode, output, error) = await Tool.RunAsync(
                new() { ["BITRIX24_WEBHOOK_URL"] = webhookUrl ?? portal.WebhookUrl },
                "calllist",
                "add",
                "--type",
                "contact",
                "--ids",
                ids,
                "--max-attempts",
                "1"
            );
            Assert.Equal(expected, exitCode);
            Assert.Empty(output);
            Assert.Contains(words, error, StringComparison.Ordinal);
            Assert.DoesNotContain("s3cr3t", error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Failure_as_json()
    {
        var (exitCode, output, error) = await Tool.RunAsync([], "calllist", "add", "--demo", "--type", "contact", "--ids", "404", "--json");

        Assert.Equal(3, exitCode);
        Assert.Empty(output);
        var failure = JObject.Parse(error);
        Assert.Equal("Bitrix24InvalidRequestException", (string?)failure["failure"]);
        Assert.Equal("ENTITY_ERROR", (string?)failure["rawErrorCode"]);
        Assert.Equal(400, (int)failure["statusCode"]!);
        Assert.Equal("NotExecuted", (string?)failure["execution"]);
    }

    [Fact]
    public async Task Contradictory_variables_and_unreadable_files_are_rejected()
    {
        var both = await Tool.RunAsync(
            new() { ["BITRIX24_WEBHOOK_URL"] = "https://a.example/rest/1/x/", ["BITRIX24_ACCESS_TOKEN"] = "x" },
            "calllist",
            "add",
            "--type",
            "contact",
            "--ids",
            "9"
        );
        var half = await Tool.RunAsync(
            new() { ["BITRIX24_PORTAL_URL"] = "https://a.example/" },
            "calllist",
            "add",
            "--type",
            "contact",
            "--ids",
            "9"
        );
        var other = await Tool.RunAsync(new() { ["BITRIX24_ACCESS_TOKEN"] = "x" }, "calllist", "add", "--type", "contact", "--ids", "9");
        var none = await Tool.RunAsync([], "calllist", "add", "--type", "contact", "--ids", "9", "--env-file", "no-such-file");

        Assert.Equal([2, 2, 2, 2], [both.ExitCode, half.ExitCode, other.ExitCode, none.ExitCode]);
        Assert.Contains(
            "BITRIX24_WEBHOOK_URL cannot be combined with BITRIX24_PORTAL_URL, BITRIX24_ACCESS_TOKEN or",
            both.Error,
            StringComparison.Ordinal
        );
        Assert.Contains("BITRIX24_PORTAL_URL requires BITRIX24_ACCESS_TOKEN", half.Error, StringComparison.Ordinal);
        Assert.Contains("BITRIX24_PORTAL_URL is not", other.Error, StringComparison.Ordinal);
        Assert.Contains("--env-file cannot be read", none.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_shows_an_example_and_the_exit_codes()
    {
        var (exitCode, output, _) = await Tool.RunAsync([], "--help");

        Assert.Equal(0, exitCode);
        Assert.Contains("b24 calllist add --demo --type contact --ids 9,17,19 --webform 1", output, StringComparison.Ordinal);
        Assert.Contains("Exit codes", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Result_that_cannot_be_written_is_not_lost()
    {
        using var portal = SimulatedPortal.Start();
        portal.Contacts.Add(9);
        await using var error = new StringWriter();
        await using var full = new FullWriter();

        var exitCode = await CommandLineTool.RunAsync(
            ["calllist", "add", "--type", "contact", "--ids", "9"],
            full,
            error,
            name => name == "BITRIX24_WEBHOOK_URL" ? portal.WebhookUrl : null
        );

        Assert.Equal(9, exitCode);
        Assert.Contains("Created call list 1.", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--webhook-url", "https://a.example/rest/1/s3cr3tc0de/")]
    [InlineData("--webhook-url", "a.example/rest/1/s3cr3tc0de/")]
    [InlineData("--webhook-url=https://a.example/rest/1/s3cr3tc0de/")]
    [InlineData("--ids", "https://a.example/rest/1/s3cr3tc0de/")]
    [InlineData("--webform=https://a.example/rest/1/s3cr3tc0de/")]
    [InlineData("--access-token", "s3cr3t")]
    [InlineData("--access-token=s3cr3t")]
    [InlineData("--access-token:s3cr3t")]
    [InlineData("--demo", "--webhook-code", "s3cr3t", "more")]
    public async Task Addresses_in_wrong_arguments_are_not_repeated(params string[] arguments)
    {
        var (exitCode, _, error) = await Tool.RunAsync([], ["calllist", "add", .. arguments]);

        Assert.Equal(2, exitCode);
        Assert.DoesNotContain("s3cr3t", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("calllist", "import", "--access-token", "s3cr3t", "lists.csv")]
    [InlineData("calllist", "import", "--access-token=s3cr3t", "--demo")]
    [InlineData("calllist", "get", "--access-token", "s3cr3t", "11")]
    [InlineData("calllist", "get", "--access-token=s3cr3t", "11")]
    [InlineData("calllist", "update", "--access-token", "s3cr3t", "11")]
    [InlineData("calllist", "list", "--limit", "--access-token", "s3cr3t")]
    [InlineData("calllist", "list", "--env-file", "BITRIX24_ACCESS_TOKEN=s3cr3t")]
    [InlineData("BITRIX24_ACCESS_TOKEN=s3cr3t", "calllist", "list")]
    [InlineData("calllist", "list", "BITRIX24_ACCESS_TOKEN=s3cr3t")]
    public async Task Misplaced_option_values_and_variables_are_not_repeated(params string[] arguments)
    {
        var (exitCode, output, error) = await Tool.RunAsync([], arguments);

        Assert.Equal((2, string.Empty), (exitCode, output));
        Assert.DoesNotContain("s3cr3t", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3cr3t")]
    [InlineData("calllist", "s3cr3t")]
    [InlineData("calllist", "list", "s3cr3t")]
    [InlineData("calllist", "list", "s3cr3t/")]
    [InlineData("calllist", "list", "1/s3cr3t/crm.calllist.add.json")]
    [InlineData("calllist", "list", "-s3cr3t")]
    [InlineData("calllist", "list", "--s3cr3t")]
    [InlineData("calllist", "list", "--", "s3cr3t")]
    [InlineData("[s3cr3t]", "calllist", "list")]
    [InlineData("calllist", "list", "--type", "s3cr3t")]
    [InlineData("calllist", "list", "--type=s3cr3t")]
    [InlineData("calllist", "list", "--limit", "s3cr3t")]
    [InlineData("calllist", "list", "--newest-first=s3cr3t")]
    [InlineData("calllist", "list", "--env-file", "s3cr3t")]
    [InlineData("calllist", "get", "s3cr3t")]
    [InlineData("calllist", "get", "1", "s3cr3t", "--json")]
    [InlineData("calllist", "add", "--type", "contact", "--ids", "9,s3cr3t,17")]
    [InlineData("calllist", "import", "s3cr3t", "--demo")]
    [InlineData("calllist", "import", "s3cr3t", "--demo", "--json")]
    [InlineData("calllist", "import", "s3cr3t/crm.calllist.add.json", "--demo")]
    [InlineData("portal", "--port", "s3cr3t")]
    public async Task Misplaced_secrets_are_not_repeated(params string[] arguments)
    {
        var (exitCode, output, error) = await Tool.RunAsync([], arguments);

        Assert.Equal((2, string.Empty), (exitCode, output));
        Assert.NotEmpty(error);
        Assert.DoesNotContain("s3cr3t", error, StringComparison.Ordinal);
    }

    /// <summary>Terminals interpret ESC and C1 controls, and some characters change the direction of text.</summary>
    [Theory]
    [InlineData("\u001b]0;pwned\u0007")]
    [InlineData("\u009b31m")]
    [InlineData("\u202e\u2066\u200f\u061c")]
    [InlineData("\r\u0008\u007f\u2028")]
    public async Task Control_characters_of_the_portal_are_removed(string said)
    {
        using var portal = SimulatedPortal.Start();
        var refusal = new JObject { ["error"] = "NEW" + said, ["error_description"] = $"Before {said} after" }.ToString();
        var statuses = new JObject
        {
            ["result"] = new JArray(
                new JObject
                {
                    ["STATUS_ID"] = "NEW" + said,
                    ["NAME"] = $"Before {said} after",
                    ["SORT"] = 1,
                }
            ),
        }.ToString();

        portal.FailNext(SimulatedFault.Answer(HttpStatusCode.BadRequest, refusal), times: 2);
        var (_, _, people) = await RunAsync();
        var (_, _, machines) = await RunAsync("--json");
        portal.FailNext(SimulatedFault.Answer(HttpStatusCode.OK, statuses), times: 2);
        var (_, table, _) = await RunAsync();
        var (_, lines, _) = await RunAsync("--json");

        Assert.Contains("after", people, StringComparison.Ordinal);
        Assert.Contains("after", table, StringComparison.Ordinal);
        Assert.Equal("NEW" + said, (string?)JObject.Parse(machines)["rawErrorCode"]);
        Assert.Equal($"Before {said} after", (string?)JObject.Parse(lines)["name"]);
        var obeyed = said.Where(character => character is < ' ' or > '~');
        Assert.All(obeyed, character => Assert.DoesNotContain(character, people + machines + table + lines));

        Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] more) =>
            Tool.RunAsync(new() { ["BITRIX24_WEBHOOK_URL"] = portal.WebhookUrl }, ["calllist", "statuses", "--max-attempts", "1", .. more]);
    }

    [Theory]
    [InlineData("'--access-token='", "--access-token=")]
    [InlineData("'calllists'", "--access-token=1", "calllists")]
    [InlineData("'17'", "--access-token=s3cr3t", "17")]
    [InlineData("'lists.csv'", "--access-token=s3cr3t", "lists.csv")]
    public async Task Harmless_arguments_are_repeated(string words, params string[] arguments)
    {
        var (_, _, error) = await Tool.RunAsync([], ["calllist", "add", .. arguments]);

        Assert.Contains($"argument {words}.", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("calllist", "list", "--env-file", "https://a.example/rest/1/s3cr3tc0de/")]
    [InlineData("calllist", "import", "https://a.example/rest/1/s3cr3tc0de/crm.calllist.add", "--demo")]
    [InlineData("calllist", "import", "https://a.example/rest/1/s3cr3tc0de/crm.calllist.add", "--demo", "--json")]
    public async Task Addresses_instead_of_files_are_not_repeated(params string[] arguments)
    {
        var (exitCode, output, error) = await Tool.RunAsync([], arguments);

        Assert.Equal((2, string.Empty), (exitCode, output));
        Assert.Contains("cannot be read", error, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task At_file_with_secrets_is_not_expanded()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "bitrix24.env");
        await File.WriteAllTextAsync(file, "BITRIX24_ACCESS_TOKEN=s3cr3t\n");

        var (exitCode, _, error) = await Tool.RunAsync([], "calllist", "list", "@" + file);

        Assert.Equal(2, exitCode);
        Assert.DoesNotContain("s3cr3t", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Misspelled_commands_and_values_are_repeated()
    {
        var (_, _, error) = await Tool.RunAsync([], "callist", "add");

        Assert.Contains("'callist'", error, StringComparison.Ordinal);

        (_, _, error) = await Tool.RunAsync([], "calllist", "add", "--type", "contac", "--ids", "9");

        Assert.Contains("'contac'", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Env_file_supports_shell_syntax()
    {
        using var portal = SimulatedPortal.Start();
        portal.Contacts.Add(9);
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "bitrix24.env");
        await File.WriteAllTextAsync(file, $"export BITRIX24_WEBHOOK_URL='{portal.WebhookUrl}'\n");

        Assert.Equal(0, (await Tool.RunAsync([], "calllist", "add", "--type", "contact", "--ids", "9", "--env-file", file)).ExitCode);
        await File.AppendAllTextAsync(file, "nonsense\n");
        var (exitCode, _, error) = await Tool.RunAsync([], "calllist", "add", "--type", "contact", "--ids", "9", "--env-file", file);

        Assert.Equal(2, exitCode);
        Assert.Contains("Line 2 of the file", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_of_the_readme_creates_a_call_list()
    {
        const string Start = "dotnet run --project tools/b24 -- ";
        var command = Assert.Single(
            await File.ReadAllLinesAsync(Repository.PathOf("README.md")),
            line => line.StartsWith(Start, StringComparison.Ordinal)
        );

        var (exitCode, output, _) = await Tool.RunAsync([], command.Substring(Start.Length).Split(' '));

        Assert.Equal(0, exitCode);
        Assert.StartsWith("Created call list 1.", output, StringComparison.Ordinal);
    }

    /// <summary>Represents output to a full disk.</summary>
    private sealed class FullWriter : StringWriter
    {
        public override void Flush() => throw new IOException("No space left on device");
    }
}
