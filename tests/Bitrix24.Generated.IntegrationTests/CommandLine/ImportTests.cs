using System.Diagnostics;
using System.Globalization;
using System.Net;
using Bitrix24.CommandLine;
using Bitrix24.Testing;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Tests;

public sealed class ImportTests : IDisposable
{
    private static readonly SimulatedFault[] Faults =
    [
        SimulatedFault.ConnectionReset,
        SimulatedFault.ConnectionReset with
        {
            RunsCall = true,
        },
        SimulatedFault.TruncatedAnswer,
        SimulatedFault.HtmlPage(HttpStatusCode.BadGateway) with
        {
            RunsCall = true,
        },
        SimulatedFault.Error(HttpStatusCode.InternalServerError, "INTERNAL_SERVER_ERROR"),
        SimulatedFault.Error(HttpStatusCode.ServiceUnavailable, "QUERY_LIMIT_EXCEEDED"),
        SimulatedFault.Error(HttpStatusCode.Unauthorized, "NO_AUTH_FOUND"),
        SimulatedFault.Answer(HttpStatusCode.OK, "{}") with
        {
            RunsCall = true,
        },
    ];

    private readonly TemporaryFolder folder = new();
    private readonly SimulatedPortal portal = SimulatedPortal.Start();

    private string File => Path.Combine(folder.Path, "lists.csv");

    private string ReportFile => File + ".report.csv";

    public ImportTests()
    {
        portal.Contacts.Add([.. Enumerable.Range(1, 2000)]);
        portal.Companies.Add(1, 2);
        portal.Webforms.Add(1);
    }

    public void Dispose()
    {
        portal.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Each_row_creates_a_call_list_or_reports_an_error()
    {
        await WriteAsync(
            "type,ids,form\ncontact,9 17 19,1\ncompany,\"1,2\",\n Contact ,9;17,1\ncontact,4040,\nlead,1,\ncontact,9 x,\ncontact,9,x\ncontact,,\ncontact,9 9,\n"
        );

        var (exitCode, output, error) = await ImportAsync("--json");

        Assert.Equal(10, exitCode);
        Assert.Equal($$"""{"rows":9,"created":3,"notCreated":6,"unknown":0,"earlier":0,"report":"{{ReportFile}}"}""" + "\n", output);
        Assert.Contains("ImportIncompleteException", error, StringComparison.Ordinal);
        Assert.Equal(
            [
                [9, 17, 19],
                [1, 2],
                [9, 17],
            ],
            portal.CallLists.Select(list => list.Entities)
        );
        Assert.Equal([1L, null, 1L], portal.CallLists.Select(list => list.WebformId));
        var report = Report();
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9], report.Select(line => line.Row).Order());
        Assert.Equal(
            [(1, 1), (2, 2), (3, 3)],
            report.Where(line => line.Outcome == "Created").Select(line => (line.Row, int.Parse(line.Id, CultureInfo.InvariantCulture)))
        );
        Assert.Contains(report, line => line is { Row: 4, Error: "ENTITY_ERROR" });
        Assert.Contains(
            "The type 'lead' is not valid. Use contact or company.",
            string.Join('\n', await System.IO.File.ReadAllLinesAsync(ReportFile)),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Entities contains 0 values; the minimum is 1.,",
            await System.IO.File.ReadAllTextAsync(ReportFile),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("Parameter", await System.IO.File.ReadAllTextAsync(ReportFile), StringComparison.Ordinal);
        Assert.Equal([File, ReportFile], Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(',', ' ')]
    [InlineData(',', ';')]
    [InlineData(',', '|')]
    [InlineData(';', ',')]
    [InlineData(';', '|')]
    [InlineData('\t', ',')]
    [InlineData('\t', ';')]
    public async Task Columns_and_ids_can_have_several_separators(char column, char id)
    {
        await WriteAsync($"type{column}ids{column}form\ncontact{column}9{id}17{column}1\n");

        Assert.Equal(0, (await ImportAsync()).ExitCode);

        Assert.Equal([9, 17], Assert.Single(portal.CallLists).Entities);
        Assert.Equal(1, portal.CallLists[0].WebformId);
    }

    [Theory]
    [InlineData("type,ids\ncontact,9,17,19\n")]
    [InlineData("type,ids,form\ncontact,9,,17\n")]
    [InlineData("type,ids,\ncontact,9,17\n")]
    [InlineData("type,ids, ,form\ncontact,9,17,1\n")]
    public async Task Unquoted_ids_outside_the_columns_are_an_error(string text)
    {
        await WriteAsync(text);

        Assert.Equal(10, (await ImportAsync()).ExitCode);

        Assert.Equal("NotCreated", Assert.Single(Report()).Outcome);
        Assert.Contains("belongs to no column", await System.IO.File.ReadAllTextAsync(ReportFile), StringComparison.Ordinal);
        Assert.Empty(portal.Requests);
    }

    [Fact]
    public async Task Trailing_comma_is_ignored()
    {
        await WriteAsync("type,ids\ncontact,9 17,\n");

        Assert.Equal(0, (await ImportAsync()).ExitCode);

        Assert.Equal([9, 17], Assert.Single(portal.CallLists).Entities);
    }

    [Theory]
    [InlineData("outcome.csv")]
    [InlineData("outcome.jsonl")]
    public async Task Report_without_last_line_break_keeps_all_rows(string name)
    {
        await WriteAsync(Rows(3));
        var path = Path.Combine(folder.Path, name);
        Assert.Equal(0, (await ImportAsync("--report", path)).ExitCode);
        var report = await System.IO.File.ReadAllTextAsync(path);
        await System.IO.File.WriteAllTextAsync(path, report.TrimEnd());

        Assert.Equal(0, (await ImportAsync("--report", path)).ExitCode);

        Assert.Equal(3, portal.CallLists.Count);
        Assert.Equal(report, await System.IO.File.ReadAllTextAsync(path));
    }

    [Theory]
    [InlineData(".csv", 1)]
    [InlineData(".csv", 3)]
    [InlineData(".jsonl", 1)]
    [InlineData(".jsonl", 3)]
    public async Task Report_of_another_portal_without_last_line_break_is_not_changed(string extension, int rows)
    {
        await WriteAsync(Rows(rows));
        var path = Path.Combine(folder.Path, "outcome" + extension);
        Assert.Equal(0, (await ImportAsync("--report", path)).ExitCode);
        var report = (await System.IO.File.ReadAllTextAsync(path)).TrimEnd();
        await System.IO.File.WriteAllTextAsync(path, report);

        using (var other = SimulatedPortal.Start())
        {
            var (exitCode, _, error) = await Tool.RunAsync(
                new() { ["BITRIX24_WEBHOOK_URL"] = other.WebhookUrl },
                "calllist",
                "import",
                File,
                "--report",
                path
            );
            Assert.Equal(2, exitCode);
            Assert.Contains("to another portal", error, StringComparison.Ordinal);
        }

        Assert.Equal(report, await System.IO.File.ReadAllTextAsync(path));
        Assert.Equal(0, (await ImportAsync("--report", path)).ExitCode);
        Assert.Equal(rows, portal.CallLists.Count);
    }

    [Theory]
    [InlineData(".csv", "", 1)]
    [InlineData(".csv", "\"", 0)]
    [InlineData(".jsonl", "", 1)]
    [InlineData(".jsonl", "\"", 2)]
    public async Task Report_with_damaged_last_line_loses_no_row(string extension, string suffix, int removed)
    {
        await WriteAsync(Rows(3));
        var path = Path.Combine(folder.Path, "outcome" + extension);
        Assert.Equal(0, (await ImportAsync("--report", path)).ExitCode);
        var report = (await System.IO.File.ReadAllTextAsync(path)).TrimEnd()[..^removed] + suffix;
        await System.IO.File.WriteAllTextAsync(path, report);

        Assert.Equal(2, (await ImportAsync("--report", path)).ExitCode);

        Assert.Equal(report, await System.IO.File.ReadAllTextAsync(path));
        Assert.Equal(3, portal.CallLists.Count);
    }

    [Fact]
    public async Task Fields_outside_the_columns_are_part_of_the_fingerprint()
    {
        await WriteAsync("type,ids,\ncontact,9,\n");
        Assert.Equal(0, (await ImportAsync()).ExitCode);
        await WriteAsync("type,ids,\ncontact,9,17\n");

        var (exitCode, _, error) = await ImportAsync();

        Assert.Equal(2, exitCode);
        Assert.StartsWith("Row 1 differs from the row that the report recorded as sent.", error, StringComparison.Ordinal);
        Assert.Single(portal.CallLists);
    }

    /// <summary>An earlier version may have sent a row that this version rejects.</summary>
    [Fact]
    public async Task Unknown_row_stays_unknown_if_it_becomes_invalid()
    {
        await WriteAsync("type,ids\nlead,9\n");
        using (var report = ImportReport.Open(ReportFile, portal.Url.Authority))
        {
            report.Sending(ImportFile.Read(File));
        }

        Assert.Equal(10, (await ImportAsync("--resend-unknown")).ExitCode);

        Assert.Equal("Unknown", Assert.Single(Report()).Outcome);
        Assert.Empty(portal.Requests);
    }

    /// <summary>Wherever a report is truncated, no row is created twice: its outcome is known or unknown, or it was never sent.</summary>
    [Theory]
    [InlineData(".csv")]
    [InlineData(".jsonl")]
    public async Task Import_continues_with_a_report_truncated_anywhere(string extension)
    {
        await WriteAsync(Rows(2));
        var path = Path.Combine(folder.Path, "outcome" + extension);
        string[] lines;
        using (var report = ImportReport.Open(path, portal.Url.Authority))
        {
            report.Sending(ImportFile.Read(File));
            lines = await System.IO.File.ReadAllLinesAsync(path);
        }

        var text = string.Concat(lines.Select(line => line + "\n"));
        var whole = lines.Length - 2;
        for (var length = 0; length <= text.Length; length++)
        {
            await System.IO.File.WriteAllTextAsync(path, text[..length]);
            if (
                text[..length].Split('\n') is [.., var only] parts
                && parts.Length == whole + 1
                && only.Split(',') is [_, _, _, _, _, _, { Length: > 0 } written]
                && written != portal.Url.Authority
            )
            {
                // It could be the complete line of a portal with a shorter name.
                Assert.Contains(
                    $"to another portal, {written}.",
                    Assert.Throws<UsageException>(() => ImportReport.Open(path, portal.Url.Authority)).Message,
                    StringComparison.Ordinal
                );
                Assert.Equal(text[..length], await System.IO.File.ReadAllTextAsync(path));
                continue;
            }

            using var report = ImportReport.Open(path, portal.Url.Authority);

            var known = text[..length]
                .Split('\n')
                .Select((line, index) => (line, index))
                .Count(line => line.index >= whole && line.line == lines.ElementAtOrDefault(line.index));
            Assert.Equal(known, report.Rows);
            Assert.All(Enumerable.Range(1, known), row => Assert.Equal(RowOutcome.Unknown, report.Of(row).Outcome));
        }
    }

    [Fact]
    public async Task Import_continues_and_creates_nothing_twice()
    {
        await WriteAsync(Rows(120));
        portal.FailNext(SimulatedFault.Error(HttpStatusCode.BadRequest, "ERROR_ARGUMENT"));

        Assert.Equal(10, (await ImportAsync()).ExitCode);
        Assert.Equal(70, portal.CallLists.Count);
        var (exitCode, output, _) = await ImportAsync();

        Assert.Equal((0, $"120 of 120 rows: 120 created, 0 not created, 0 unknown. The report is {ReportFile}.\n"), (exitCode, output));
        Assert.Equal(120, portal.CallLists.Count);
        Assert.Equal(0, (await ImportAsync()).ExitCode);
        Assert.Equal(120, portal.CallLists.Count);
        AssertReportIsTrue(120, portal);
    }

    [Fact]
    public async Task Unknown_rows_are_named_and_sent_again_only_on_request()
    {
        await WriteAsync(Rows(30));
        portal.FailNext(SimulatedFault.ConnectionReset with { RunsCall = true });

        var (exitCode, output, error) = await ImportAsync();
        Assert.Equal((10, 30), (exitCode, portal.CallLists.Count));
        Assert.StartsWith("30 of 30 rows: 0 created, 0 not created, 30 unknown.", output, StringComparison.Ordinal);
        Assert.Contains("It is unknown whether these rows were created: 1, 2, 3,", error, StringComparison.Ordinal);
        Assert.Contains("20, ....", error, StringComparison.Ordinal);

        Assert.Equal(10, (await ImportAsync()).ExitCode);
        Assert.Equal(30, portal.CallLists.Count);

        Assert.Equal(0, (await ImportAsync("--resend-unknown")).ExitCode);
        Assert.Equal(60, portal.CallLists.Count);
    }

    [Fact]
    public async Task Unknown_row_stays_unknown_if_it_is_rejected_later()
    {
        await WriteAsync(Rows(1));
        portal.FailNext(SimulatedFault.ConnectionReset with { RunsCall = true });
        await ImportAsync();
        portal.FailNext(SimulatedFault.Error(HttpStatusCode.Forbidden, "insufficient_scope"));

        Assert.Equal(10, (await ImportAsync("--resend-unknown")).ExitCode);
        Assert.Equal(10, (await ImportAsync()).ExitCode);

        Assert.Equal("Unknown", Assert.Single(Report()).Outcome);
        Assert.Single(portal.CallLists);
    }

    [Theory]
    [InlineData("outcome.jsonl")]
    [InlineData("outcome.json")]
    public async Task Report_can_be_json_lines(string name)
    {
        await WriteAsync("TYPE;IDS\ncontact;9,17\nlead;1\n");
        var path = Path.Combine(folder.Path, name);

        Assert.Equal(10, (await ImportAsync("--report", path)).ExitCode);
        Assert.Equal(10, (await ImportAsync("--report", path)).ExitCode);

        var lines = (await System.IO.File.ReadAllLinesAsync(path)).Select(JObject.Parse).ToDictionary(line => (int)line["row"]!);
        Assert.Equal(
            ("Created", 1, portal.Url.Authority),
            ((string?)lines[1]["outcome"], (int)lines[1]["id"]!, (string?)lines[1]["portal"])
        );
        Assert.Equal("NotCreated", (string?)lines[2]["outcome"]);
        Assert.Equal(2, lines.Count);
        Assert.Single(portal.CallLists);
    }

    /// <summary>Some spreadsheets treat a semicolon as the end of a cell.</summary>
    [Theory]
    [InlineData("=HYPERLINK(\"http://x.example\")", "'=HYPERLINK(\"http://x.example\")")]
    [InlineData("+1+1", "'+1+1")]
    [InlineData("-1+1", "'-1+1")]
    [InlineData("@SUM(1)", "'@SUM(1)")]
    [InlineData("\t=1+1", " '=1+1")]
    [InlineData("\r=1+1", " '=1+1")]
    [InlineData("\uFF1D1+1", "'\uFF1D1+1")]
    [InlineData("x;=1+1; @y", "x;'=1+1; '@y")]
    [InlineData("x\u001b\u202e", "x  ")]
    [InlineData("'=1+1", "'=1+1")]
    public async Task Text_of_the_portal_is_not_a_formula_in_the_report(string code, string shown)
    {
        await WriteAsync(Rows(2));
        portal.FailNext(Refusal(code));
        Assert.Equal(10, (await ImportAsync()).ExitCode);
        var report = await System.IO.File.ReadAllTextAsync(ReportFile);

        Assert.Equal([shown, shown], ErrorsIn(report));
        portal.FailNext(Refusal(code));
        Assert.Equal(10, (await ImportAsync("--resend-unknown")).ExitCode);
        Assert.Equal(report, await System.IO.File.ReadAllTextAsync(ReportFile));
        Assert.Equal(10, (await ImportAsync()).ExitCode);
        Assert.Equal(report, await System.IO.File.ReadAllTextAsync(ReportFile));
        Assert.Equal(0, (await ImportAsync("--resend-unknown")).ExitCode);
        Assert.Equal(2, portal.CallLists.Count);

        static SimulatedFault Refusal(string code) =>
            SimulatedFault.Answer(HttpStatusCode.Forbidden, new JObject { ["error"] = code, ["error_description"] = code }.ToString());

        static IEnumerable<string?> ErrorsIn(string report)
        {
            using var csv = new CsvHelper.CsvReader(new StringReader(report), CultureInfo.InvariantCulture);
            return [.. csv.GetRecords(new { error = string.Empty }).Select(record => record.error)];
        }
    }

    [Fact]
    public async Task Json_report_escapes_control_characters_of_the_portal()
    {
        await WriteAsync(Rows(1));
        var path = Path.Combine(folder.Path, "outcome.jsonl");
        portal.FailNext(SimulatedFault.Answer(HttpStatusCode.Forbidden, """{"error":"=\u001b\u009b\u202e"}"""));

        Assert.Equal(10, (await ImportAsync("--report", path)).ExitCode);

        var line = await System.IO.File.ReadAllTextAsync(path);
        Assert.Equal("=\u001b\u009b\u202e", (string?)JObject.Parse(line)["error"]);
        Assert.DoesNotContain(line.TrimEnd('\n'), character => character is < ' ' or > '~');
    }

    [Fact]
    public async Task Rejected_rows_can_be_corrected_and_sent_rows_cannot()
    {
        await WriteAsync("type,ids\ncontact,9\nlead,1\n");
        Assert.Equal(10, (await ImportAsync()).ExitCode);

        await WriteAsync("type,ids\ncontact,9\ncompany,1\ncontact,17\n");
        Assert.Equal(0, (await ImportAsync()).ExitCode);
        Assert.Equal(3, portal.CallLists.Count);

        await Refused("Row 1 differs from the row that the report recorded as sent.", "type,ids\ncontact,10\ncompany,1\ncontact,17\n");
        await Refused(
            "Row 2 differs from the row that the report recorded as sent.",
            "type,ids\ncontact,9\ncontact,17\ncompany,1\ncontact,19\n"
        );
        await Refused("The file has 2 rows, but the report has 3.", "type,ids\ncontact,9\ncompany,1\n");
        Assert.Equal(3, portal.CallLists.Count);

        async Task Refused(string words, string text)
        {
            await WriteAsync(text);
            var (exitCode, _, error) = await ImportAsync();
            Assert.Equal(2, exitCode);
            Assert.StartsWith(words, error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("has no header row with the columns type and ids", "")]
    [InlineData("has no header row with the columns type and ids", "a,b\n1,2\n")]
    [InlineData("has the column 'ids' more than once", "type,ids,IDS\ncontact,9,17\n")]
    [InlineData("has the column 'form' more than once", "type,ids,form,form\ncontact,9,1,5\n")]
    [InlineData("has the unknown column 'webform'", "type,ids,webform\ncontact,9,1\n")]
    [InlineData("cannot be read as CSV in line 2", "type,ids\ncon\"tact,9\n")]
    [InlineData("cannot be read:", null)]
    public async Task Invalid_file_is_rejected_before_anything_is_sent(string words, string? text)
    {
        if (text is not null)
        {
            await WriteAsync(text);
        }

        var (exitCode, output, error) = await ImportAsync();

        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains(words, error, StringComparison.Ordinal);
        Assert.Empty(portal.Requests);
        Assert.False(System.IO.File.Exists(ReportFile));
    }

    [Fact]
    public async Task Invalid_concurrency_is_rejected()
    {
        await WriteAsync(Rows(1));

        var (exitCode, _, error) = await ImportAsync("--concurrency", "0");

        Assert.Equal((2, "--concurrency must be 1 to 50.\n"), (exitCode, error));
        Assert.Empty(portal.Requests);
    }

    [Theory]
    [InlineData("hello\n")]
    [InlineData("type,ids\ncontact,9")]
    [InlineData("x")]
    [InlineData("row,outcome,id,error,message,fingerprint,portal\nx\n")]
    [InlineData("row,outcome,id,error,message,fingerprint,portal\n0,Created,1,,,00,demo\n")]
    [InlineData("row,outcome,id,error,message,fingerprint,portal\n999999999,Created,1,,,00,demo\n")]
    [InlineData("row,outcome,id,error,message,fingerprint,portal\n1,Done,1,,,00,demo\n")]
    public async Task File_that_is_not_a_report_is_not_changed(string report)
    {
        await WriteAsync(Rows(1));
        await System.IO.File.WriteAllTextAsync(ReportFile, report);

        var (exitCode, _, error) = await ImportAsync();

        Assert.Equal(2, exitCode);
        Assert.Contains("is not a report of an import", error, StringComparison.Ordinal);
        Assert.Equal(report, await System.IO.File.ReadAllTextAsync(ReportFile));
        Assert.Empty(portal.Requests);
    }

    [Fact]
    public async Task Report_belongs_to_one_portal_and_one_import_at_a_time()
    {
        await WriteAsync("type,ids\ncontact,9\n");
        Assert.Equal(0, (await Tool.RunAsync([], "calllist", "import", File, "--demo")).ExitCode);

        var (exitCode, _, error) = await ImportAsync();
        Assert.Equal(2, exitCode);
        Assert.Contains("belongs to an import to another portal, demo.", error, StringComparison.Ordinal);

        using (ImportReport.Open(File + ".other", "x"))
        {
            (exitCode, _, error) = await ImportAsync("--report", File + ".other");
            Assert.Equal(2, exitCode);
            Assert.Contains("another import writes it", error, StringComparison.Ordinal);
        }

        Assert.Empty(portal.Requests);
    }

    [Fact]
    public async Task Truncated_report_leaves_rows_unknown_and_creates_none_twice()
    {
        await WriteAsync(Rows(100));
        Assert.Equal(0, (await ImportAsync()).ExitCode);
        var lines = await System.IO.File.ReadAllLinesAsync(ReportFile);
        var sending = lines[51..].Select(line => line.Replace("Created", "Sending", StringComparison.Ordinal));
        await System.IO.File.WriteAllTextAsync(ReportFile, string.Join('\n', lines[..51].Concat(sending).Append(lines[51][..9])));

        var (exitCode, output, _) = await ImportAsync();

        Assert.Equal(10, exitCode);
        Assert.StartsWith("100 of 100 rows: 50 created, 0 not created, 50 unknown.", output, StringComparison.Ordinal);
        Assert.Equal(100, portal.CallLists.Count);
        Assert.Equal(100, Report().Count);
    }

    [Fact]
    public async Task Canceled_import_reports_outcomes_and_continues_later()
    {
        await WriteAsync(Rows(200));
        using var stop = new CancellationTokenSource();
        using (var report = ImportReport.Open(ReportFile, portal.Url.Authority))
        {
            var import = new CallListImport(TestClient.On(portal.WebhookUrl), File, report, resendUnknown: false, maxConcurrency: 3);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
                import.RunAsync(new ImportSummary(import.Check()), done => StopAt(done.Done == 40, stop), stop.Token)
            );
        }

        var made = portal.CallLists.Count;
        Assert.InRange(made, 50, 199);
        Assert.Equal(made, Report().Count(line => line.Outcome == "Created"));
        Assert.Equal(0, (await ImportAsync()).ExitCode);
        Assert.Equal(200, portal.CallLists.Count);
        AssertReportIsTrue(200, portal);

        static void StopAt(bool isThere, CancellationTokenSource stop)
        {
            if (isThere)
            {
                stop.Cancel();
            }
        }
    }

    /// <summary>Imports ten thousand rows with the limits of the cloud, a fault in every seventh batch, and occasional crashes.</summary>
    [Fact]
    public async Task Ten_thousand_rows_with_faults_and_crashes_are_each_reported_once()
    {
        const int Count = 10_000;
        var clock = new SkippingTimeProvider(longestWait: TimeSpan.FromMinutes(10));
        using var busy = SimulatedPortal.Start(
            new SimulatedPortalOptions
            {
                RequestBurst = 50,
                ExecutionTimeLimit = TimeSpan.FromSeconds(480),
                ProcessingTime = TimeSpan.FromMilliseconds(200),
                TimeProvider = clock,
                RecordRequests = false,
            }
        );
        busy.Contacts.Add([.. Enumerable.Range(1, Count)]);
        await WriteAsync(Rows(Count));
        var random = new Random(7);
        var (outcomes, crashes) = (0, 0);
        for (var isDone = false; !isDone;)
        {
            var crashAt = outcomes + random.Next(1, 4000);
            using var report = ImportReport.Open(ReportFile, "busy");
            var import = new CallListImport(BusyClient(busy, clock), File, report, resendUnknown: false, maxConcurrency: 1);
            var summary = new ImportSummary(import.Check());
            try
            {
                await import.RunAsync(
                    summary,
                    _ =>
                    {
                        if (++outcomes == crashAt)
                        {
                            throw new InvalidOperationException("crash");
                        }

                        if (outcomes % 350 == 0)
                        {
                            busy.FailNext(Faults[random.Next(Faults.Length)]);
                        }
                    },
                    CancellationToken.None
                );
                isDone = summary.NotCreated == 0;
            }
            catch (InvalidOperationException exception) when (exception.Message == "crash")
            {
                crashes++;
                busy.StopFailing();
            }
        }

        Assert.InRange(crashes, 2, 100);
        AssertReportIsTrue(Count, busy);
        Assert.InRange(Report().Count(line => line.Outcome == "Unknown"), 50, 3000);
    }

    /// <summary>Kills the real program at random moments.</summary>
    [Fact]
    public async Task Killed_import_continues_and_creates_nothing_twice()
    {
        const int Count = 1500;
        await WriteAsync(Rows(Count));
        var random = new Random(11);
        var tool = typeof(CommandLineTool).Assembly.Location;
        for (var kill = 0; ; kill++)
        {
            using var process = Process.Start(
                new ProcessStartInfo("dotnet", [tool, "calllist", "import", File, "--json"])
                {
                    UseShellExecute = false,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                    Environment = { ["BITRIX24_WEBHOOK_URL"] = portal.WebhookUrl },
                }
            )!;
            if (kill < 3)
            {
                // The program is killed after this number of further requests.
                var until = portal.Requests.Count + random.Next(2, 8);
                while (portal.Requests.Count < until && !process.HasExited)
                {
                    await Task.Yield();
                }

                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync();
                continue;
            }

            var error = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.True(output.Contains("\"rows\":1500", StringComparison.Ordinal), await error);
            break;
        }

        AssertReportIsTrue(Count, portal);
    }

    private static Bitrix24Client BusyClient(SimulatedPortal portal, TimeProvider clock) =>
        TestClient.On(
            portal.WebhookUrl,
            options =>
            {
                options.TimeProvider = clock;
                options.AttemptTimeout = Timeout.InfiniteTimeSpan;
                options.RateLimit = new Bitrix24RateLimit(50, 2);
                options.ExecutionTimeBudget = TimeSpan.FromSeconds(400);
                options.Retry.MaxAttempts = 4;
            }
        );

    private static string Rows(int count) =>
        "type,ids\n" + string.Concat(Enumerable.Range(1, count).Select(id => FormattableString.Invariant($"contact,{id}\n")));

    private Task WriteAsync(string text) => System.IO.File.WriteAllTextAsync(File, text);

    private Task<(int ExitCode, string Output, string Error)> ImportAsync(params string[] more) =>
        Tool.RunAsync(new() { ["BITRIX24_WEBHOOK_URL"] = portal.WebhookUrl }, ["calllist", "import", File, "--max-attempts", "1", .. more]);

    private List<(int Row, string Outcome, string Id, string Error)> Report() =>
        [
            .. System
                .IO.File.ReadLines(ReportFile)
                .Skip(1)
                .Select(line => line.Split(','))
                .Select(line => (int.Parse(line[0], CultureInfo.InvariantCulture), line[1], line[2], line[3])),
        ];

    /// <summary>Checks that each row has one line, that a created row has the reported list, and that no row has two lists.</summary>
    private void AssertReportIsTrue(int rows, SimulatedPortal portal)
    {
        var lines = Report();
        Assert.Equal(Enumerable.Range(1, rows), lines.Select(line => line.Row).Order());
        var byContact = portal.CallLists.ToLookup(list => list.Entities.Single());
        Assert.All(
            lines,
            line =>
            {
                var made = byContact[line.Row].ToList();
                Assert.InRange(made.Count, line.Outcome == "Created" ? 1 : 0, 1);
                Assert.True(line.Outcome != "Created" || line.Id == made[0].Id.ToString(CultureInfo.InvariantCulture));
                Assert.NotEqual("NotCreated", line.Outcome);
            }
        );
    }
}
