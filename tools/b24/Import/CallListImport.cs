using System.Globalization;

namespace Bitrix24.CommandLine;

/// <summary>
/// Creates a call list from each row of a file. Rows that an earlier run has created are skipped. Rows whose outcome is unknown are sent
/// again only on request.
/// </summary>
internal sealed class CallListImport(IBitrix24Client bitrix24, string path, ImportReport report, bool resendUnknown, int maxConcurrency)
{
    private readonly AddCallListsOptions options = new() { MaxConcurrency = maxConcurrency };

    // By request number, because outcomes can have gaps: after a cancellation, a batch that was not sent has no outcomes.
    private readonly Dictionary<int, ImportRow> inFlight = [];
    private int requestCount;

    /// <summary>Checks the whole file before anything is sent.</summary>
    /// <returns>The number of rows.</returns>
    /// <exception cref="UsageException">The file cannot be read, or the report belongs to another file.</exception>
    public int Check()
    {
        var rows = 0;
        foreach (var row in ImportFile.Read(path))
        {
            rows = row.Number;
            var (outcome, fingerprint) = report.Of(row.Number);
            if (outcome is RowOutcome.Created or RowOutcome.Unknown
                && fingerprint.ToString("x16", CultureInfo.InvariantCulture) != row.Fingerprint)
            {
                throw new UsageException(FormattableString.Invariant(
                    $"Row {row.Number} differs from the row that the report recorded as sent. Do not change or move rows that were sent. ")
                    + "If this is another file, use another --report.");
            }
        }

        return rows >= report.Rows ? rows : throw new UsageException(FormattableString.Invariant(
            $"The file has {rows} rows, but the report has {report.Rows}. If this is another file, use another --report."));
    }

    /// <exception cref="OperationCanceledException">
    /// The operation was canceled. The report contains the outcomes of the rows that were sent.
    /// </exception>
    public async Task RunAsync(ImportSummary summary, Action<ImportSummary> progress, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var outcome in bitrix24.AddCallListsAsync(Requests(summary), options, cancellationToken).ConfigureAwait(false))
            {
                inFlight.Remove(outcome.Index, out var row);
                var line = new ReportLine
                {
                    Row = row!.Number,
                    Fingerprint = row.Fingerprint,
                    Id = outcome.Id,
                    Error = outcome.Exception?.RawErrorCode,
                    Message = outcome.Exception?.Message,
                    Outcome = outcome.Execution switch
                    {
                        CallExecution.Executed => RowOutcome.Created,
                        CallExecution.NotExecuted => NotCreated(report.Of(row.Number).Outcome),
                        _ => RowOutcome.Unknown,
                    },
                };
                report.Write(line);
                summary.Add(row.Number, line.Outcome);
                progress(summary);
            }
        }
        catch (OperationCanceledException)
        {
            // A row without an outcome was not created.
            report.Complete();
            throw;
        }

        report.Complete();
    }

    /// <summary>Returns the outcome of a row that this run did not create. If an earlier run left it unknown, it stays unknown.</summary>
    private static RowOutcome NotCreated(RowOutcome before) => before == RowOutcome.Unknown ? RowOutcome.Unknown : RowOutcome.NotCreated;

    private IEnumerable<AddCallListRequest> Requests(ImportSummary summary)
    {
        foreach (var batch in RowsToSend(summary).Chunk(options.BatchSize))
        {
            report.Sending(batch);
            foreach (var row in batch)
            {
                inFlight.Add(requestCount++, row);
                yield return row.Request!;
            }
        }
    }

    private IEnumerable<ImportRow> RowsToSend(ImportSummary summary)
    {
        foreach (var row in ImportFile.Read(path))
        {
            var before = report.Of(row.Number).Outcome;
            if (before == RowOutcome.Created || (before == RowOutcome.Unknown && !resendUnknown))
            {
                summary.Add(row.Number, before, isEarlier: true);
            }
            else if (row.Request is null)
            {
                var outcome = NotCreated(before);
                report.Write(new ReportLine { Row = row.Number, Outcome = outcome, Message = row.Error, Fingerprint = row.Fingerprint });
                summary.Add(row.Number, outcome);
            }
            else
            {
                yield return row;
            }
        }
    }
}
