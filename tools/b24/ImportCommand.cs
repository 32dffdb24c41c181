using System.CommandLine;
using Newtonsoft.Json.Linq;

namespace Bitrix24.CommandLine;

/// <summary>The command <c>b24 calllist import</c>.</summary>
internal static class ImportCommand
{
    public static Command Create(PortalOptions portal)
    {
        var file = new Argument<string>("file") { Description = "A CSV file with a heading: type (contact or company), ids (separated by blanks, or quoted and separated by commas) and form (id of the CRM form, or empty)." };
        var reportPath = new Option<string?>("--report") { Description = "Where to say what came of each row: CSV, or JSON lines when the name ends in .json or .jsonl. Default: the name of the file with .report.csv behind it.", HelpName = "path" };
        var resend = new Option<bool>("--resend-unknown") { Description = "Sends rows again of which an earlier run left unknown whether they were created. Look on the portal first: this can create them twice." };
        var concurrency = new Option<int>("--concurrency") { Description = "How many requests are under way at once, 1 to 50.", DefaultValueFactory = _ => 1, HelpName = "number" };
        var command = new Command(
            "import",
            """
            Creates a call list for each row of a CSV file, 50 with one request.

            Run again with the same file and report, it goes on where it stopped, after a crash as well: rows that were created are not created again, rows that were not are tried again, and rows of which nobody knows are left alone unless --resend-unknown is given.

            Example:
              type,ids,form
              contact,9 17 19,1
              company,"1,2",

              b24 calllist import lists.csv --demo --report outcome.csv
            """) { file, reportPath, resend, concurrency };
        portal.AddTo(command);
        portal.SetAction(command, async (bitrix24, result, output, cancellationToken) =>
        {
            var path = result.GetRequiredValue(file);
            var target = result.GetValue(reportPath) ?? path + ".report.csv";
            if (result.GetValue(concurrency) is < 1 or > 50)
            {
                throw new UsageException("--concurrency has to be 1 to 50.");
            }

            // A file that is none leaves no report behind.
            _ = ImportFile.Read(path).FirstOrDefault();
            using var report = ImportReport.Open(target, portal.PortalOf(result));
            var import = new CallListImport(bitrix24, path, report, result.GetValue(resend), result.GetValue(concurrency));
            var summary = new ImportSummary(import.Check());
            Exception? stopped = null;
            try
            {
                await output.ProgressAsync(summary.Rows, tick => import.RunAsync(summary, done => tick(done.Done, done.ToString()), cancellationToken)).ConfigureAwait(false);
            }
            catch (OperationCanceledException exception)
            {
                stopped = exception;
            }

            End(output, summary, target, stopped);
        });
        return command;
    }

    private static void End(Report output, ImportSummary summary, string report, Exception? stopped)
    {
        output.Result(summary.ToJson(report), $"{summary}. The report is {report}.");
        if (summary.Unknown > 0)
        {
            output.Note($"Of these rows nobody knows whether they were created: {string.Join(", ", summary.UnknownRows)}{(summary.Unknown > summary.UnknownRows.Count ? ", ..." : string.Empty)}. Look with \"b24 calllist list --newest-first\" before you run the import again with --resend-unknown.");
        }

        if (!summary.IsComplete)
        {
            throw new ImportIncompleteException(stopped is null ? $"Not every row is a call list: see {report}." : "Cancelled. Run the import again to go on.", stopped);
        }
    }
}
