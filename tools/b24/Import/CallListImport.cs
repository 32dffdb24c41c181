using System.Globalization;

namespace Bitrix24.CommandLine;

/// <summary>
/// Makes a call list of each row of a file. What an earlier run has made is not made again; what it left unknown is not sent again unless that is asked for.
/// </summary>
internal sealed class CallListImport(IBitrix24Client bitrix24, string path, ImportReport report, bool resendUnknown, int maxConcurrency)
{
    private readonly AddCallListsOptions options = new() { MaxConcurrency = maxConcurrency };
    // By the number of the request: after a cancellation a batch that was not sent has no outcomes, though one behind it may have some.
    private readonly Dictionary<int, ImportRow> inFlight = [];
    private int requests;

    /// <summary>Looks at the whole file before anything is sent.</summary>
    /// <returns>How many rows it has.</returns>
    /// <exception cref="UsageException">The file cannot be read, or is not the one that the report speaks of.</exception>
    public int Check()
    {
        var rows = 0;
        foreach (var row in ImportFile.Read(path))
        {
            rows = row.Number;
            var (outcome, fingerprint) = report.Of(row.Number);
            if (outcome is RowOutcome.Created or RowOutcome.Unknown && fingerprint.ToString("x16", CultureInfo.InvariantCulture) != row.Fingerprint)
            {
                throw new UsageException(FormattableString.Invariant($"Row {row.Number} is not what the report says was sent. Rows that were sent must stay as they are and where they are; give another --report if this is another file."));
            }
        }

        return rows >= report.Rows ? rows : throw new UsageException(FormattableString.Invariant($"The file has {rows} rows, but the report speaks of {report.Rows}. Give another --report if this is another file."));
    }

    /// <exception cref="OperationCanceledException">It was cancelled; the report says what came of the rows that were sent.</exception>
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
                        CallExecution.NotExecuted => NotMade(report.Of(row.Number).Outcome),
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
            // A row without an outcome was not made.
            report.Complete();
            throw;
        }

        report.Complete();
    }

    /// <summary>That it was not made this time says nothing of the time before.</summary>
    private static RowOutcome NotMade(RowOutcome before) => before == RowOutcome.Unknown ? RowOutcome.Unknown : RowOutcome.NotCreated;

    private IEnumerable<AddCallListRequest> Requests(ImportSummary summary)
    {
        foreach (var batch in RowsToSend(summary).Chunk(options.BatchSize))
        {
            report.Sending(batch);
            foreach (var row in batch)
            {
                inFlight.Add(requests++, row);
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
                var outcome = NotMade(before);
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
