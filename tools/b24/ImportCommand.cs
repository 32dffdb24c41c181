using System.CommandLine;
using Newtonsoft.Json.Linq;

namespace Bitrix24.CommandLine;

/// <summary>Creates the command <c>b24 calllist import</c>.</summary>
internal static class ImportCommand
{
    public static Command Create(PortalOptions portal)
    {
        var (file, reportPath, resend, concurrency) = (File(), ReportPath(), ResendUnknown(), Concurrency());
        var command = new Command(
            "import",
            """
            Creates a call list from each row of a CSV file, 50 lists per request.

            To continue after a crash or a failure, run the command again with the same file and report. Rows that were created are
            skipped. Rows that were not created are tried again. Rows whose outcome is unknown are skipped without --resend-unknown.

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
                throw new UsageException("--concurrency must be 1 to 50.");
            }

            // If the file cannot be read, no report is created.
            _ = ImportFile.Read(path).FirstOrDefault();
            using var report = ImportReport.Open(target, portal.PortalOf(result));
            var import = new CallListImport(bitrix24, path, report, result.GetValue(resend), result.GetValue(concurrency));
            var summary = new ImportSummary(import.Check());
            Exception? stopped = null;
            try
            {
                await output.ProgressAsync(summary.Rows, tick => import.RunAsync(
                    summary, current => tick(current.Done, current.ToString()), cancellationToken)).ConfigureAwait(false);
            }
            catch (OperationCanceledException exception)
            {
                stopped = exception;
            }

            End(output, summary, target, stopped);
        });
        return command;
    }

    private static Argument<string> File() => new("file")
    {
        Description = "A CSV file with a header row and the columns type (contact or company), ids (separated by spaces, or quoted and "
            + "separated by commas) and form (the id of the webform, or empty).",
    };

    private static Option<string?> ReportPath() => new("--report")
    {
        Description = "The file for the outcome of each row. The format is CSV, or JSON lines if the name ends in .json or .jsonl. "
            + "Default: the name of the CSV file followed by .report.csv.",
        HelpName = "path",
    };

    private static Option<bool> ResendUnknown() => new("--resend-unknown")
    {
        Description = "Sends rows again whose outcome is unknown. Check the portal first: this can create them twice.",
    };

    private static Option<int> Concurrency() => new("--concurrency")
    {
        Description = "The number of concurrent requests, 1 to 50.",
        DefaultValueFactory = _ => 1,
        HelpName = "number",
    };

    private static void End(Report output, ImportSummary summary, string report, Exception? stopped)
    {
        output.Result(summary.ToJson(report), $"{summary}. The report is {report}.");
        if (summary.Unknown > 0)
        {
            var rows = string.Join(", ", summary.UnknownRows) + (summary.Unknown > summary.UnknownRows.Count ? ", ..." : string.Empty);
            output.Note(
                $"It is unknown whether these rows were created: {rows}. "
                + "Check with \"b24 calllist list --newest-first\" before you run the import again with --resend-unknown.");
        }

        if (!summary.IsComplete)
        {
            throw new ImportIncompleteException(
                stopped is null ? $"Not every row was created: see {report}." : "Canceled. Run the import again to continue.", stopped);
        }
    }
}
