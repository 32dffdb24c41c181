using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Bitrix24.CommandLine;

/// <summary>
/// Represents the report of an import. It records each row before the row is sent, and its outcome afterwards. If the process is killed in
/// between, the next run knows which rows are unknown.
/// </summary>
/// <remarks>If a row has several lines, the last one counts. At the end of the import, one line per row remains.</remarks>
internal sealed partial class ImportReport : IDisposable
{
    /// <summary>
    /// The maximum gap between row numbers, larger than the number of rows in flight. A larger gap means that the file is not a report.
    /// </summary>
    private const int MaxGap = 10_000;

    private readonly string path;
    private readonly string portal;
    private readonly ReportFormat format;
    private readonly FileStream lockFile;

    // By row number: the outcome of earlier runs, and the line that contains it.
    private readonly List<(RowOutcome Outcome, ulong Fingerprint, int Line)> before = [];
    private readonly FileStream file;
    private int lineCount;

    private ImportReport(string path, string portal, FileStream lockFile)
    {
        this.path = path;
        this.portal = portal;
        this.lockFile = lockFile;
        format = ReportFormat.Of(path);
        file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 1);
    }

    /// <summary>Gets the number of the last row in the report.</summary>
    public int Rows => before.Count;

    /// <param name="path">The path of the file. It is created if it does not exist.</param>
    /// <param name="portal">The host of the target portal.</param>
    /// <exception cref="UsageException">
    /// The file is not a report, belongs to another portal, cannot be written or is used by another import.
    /// </exception>
    public static ImportReport Open(string path, string portal)
    {
        try
        {
            var heldLock = new FileStream(
                path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
            try
            {
                var report = new ImportReport(path, portal, heldLock);
                report.Load();
                return report;
            }
            catch
            {
                heldLock.Dispose();
                throw;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"The report {path} cannot be written, or another import writes it: {exception.Message}");
        }
    }

    /// <summary>Returns the outcome of a row in an earlier run.</summary>
    public (RowOutcome Outcome, ulong Fingerprint) Of(int row) =>
        row <= before.Count ? (before[row - 1].Outcome, before[row - 1].Fingerprint) : default;

    /// <summary>Records rows that are about to be sent. Returns when the record is on the disk.</summary>
    public void Sending(IEnumerable<ImportRow> rows)
    {
        foreach (var row in rows)
        {
            Write(new ReportLine { Row = row.Number, Outcome = RowOutcome.Sending, Fingerprint = row.Fingerprint });
        }

        file.Flush(flushToDisk: true);
    }

    public void Write(ReportLine line)
    {
        Append(line);
        Note(line);
    }

    /// <summary>Keeps only the last line of each row. Call this only if the outcome of every sent row is known.</summary>
    public void Complete()
    {
        var compacted = path + ".tidy";
        using (var target = new FileStream(compacted, FileMode.Create, FileAccess.Write))
        {
            target.Write(Encoding.UTF8.GetBytes(format.Heading));
            foreach (var (index, line) in Lines().Index())
            {
                if (line.Outcome != RowOutcome.Sending && (line.Row > before.Count || before[line.Row - 1].Line == index))
                {
                    target.Write(Encoding.UTF8.GetBytes(format.Write(line)));
                }
            }

            // The new file must be on the disk before it replaces the old one.
            target.Flush(flushToDisk: true);
        }

        file.Dispose();
        File.Move(compacted, path, overwrite: true);
    }

    public void Dispose()
    {
        file.Dispose();
        format.Dispose();
        lockFile.Dispose();
    }

    private void Load()
    {
        CheckStart();
        RepairLastLine();
        if (file.Length == 0)
        {
            file.Write(Encoding.UTF8.GetBytes(format.Heading));
        }

        foreach (var line in Lines())
        {
            if (line.Row < 1 || line.Row > before.Count + MaxGap
                || !ulong.TryParse(line.Fingerprint, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var fingerprint))
            {
                throw ReportFormat.NotAReport();
            }

            if (line.Portal != portal)
            {
                throw new UsageException(
                    $"The file of --report belongs to an import to another portal, {line.Portal}. If that is an old address of the same "
                    + $"portal, replace it with {portal} in the report. Use another --report only to create the rows on both portals.");
            }

            while (before.Count < line.Row)
            {
                before.Add(default);
            }

            before[line.Row - 1] = before[line.Row - 1] with { Outcome = line.Outcome, Fingerprint = fingerprint };
            Note(line);
        }

        file.Seek(0, SeekOrigin.End);
        for (var row = 1; row <= before.Count; row++)
        {
            var (outcome, fingerprint, _) = before[row - 1];
            if (outcome == RowOutcome.Sending)
            {
                Write(new ReportLine
                {
                    Row = row,
                    Outcome = RowOutcome.Unknown,
                    Message = "The import was interrupted after this row was sent.",
                    Fingerprint = fingerprint.ToString("x16", CultureInfo.InvariantCulture),
                });
                before[row - 1] = before[row - 1] with { Outcome = RowOutcome.Unknown };
            }
        }

        file.Flush(flushToDisk: true);
    }

    private void Note(ReportLine line)
    {
        // A row that is sent again keeps its earlier outcome until the new outcome is known.
        if (line.Outcome != RowOutcome.Sending && line.Row <= before.Count)
        {
            before[line.Row - 1] = before[line.Row - 1] with { Line = lineCount };
        }

        lineCount++;
    }

    private void Append(ReportLine line)
    {
        line.Portal = portal;

        // A record is a single line, so that an incomplete record can be detected.
        line.Message = line.Message?.ReplaceLineEndings(" ");
        line.Error = line.Error?.ReplaceLineEndings(" ");
        file.Write(Encoding.UTF8.GetBytes(format.Write(line)));
    }

    private IEnumerable<ReportLine> Lines()
    {
        using var text = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        foreach (var line in format.Read(text))
        {
            yield return line;
        }
    }

    /// <summary>Checks that the file is a report, so that no other file is changed.</summary>
    private void CheckStart()
    {
        var begin = new byte[128];
        var count = file.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false);
        if (!format.CanBegin(Encoding.UTF8.GetString(begin, 0, count)))
        {
            throw ReportFormat.NotAReport();
        }
    }

    /// <summary>
    /// Repairs a last line without a line break. A complete line gets its line break, which an editor may have removed. An incomplete line,
    /// which a crash has left, is removed. A line of another portal is kept, and rejected later.
    /// </summary>
    private void RepairLastLine()
    {
        var end = file.Length;
        for (; end > 0; end--)
        {
            file.Seek(end - 1, SeekOrigin.Begin);
            if (file.ReadByte() == '\n')
            {
                break;
            }
        }

        file.Seek(end, SeekOrigin.Begin);
        var tail = new byte[file.Length - end];
        file.ReadExactly(tail);
        if (tail.Length == 0)
        {
            return;
        }

        var line = Encoding.UTF8.GetString(tail);
        var written = PortalOf(line);
        if (written == portal)
        {
            file.WriteByte((byte)'\n');
        }
        else if (IsIncomplete(line, written))
        {
            file.SetLength(end);
        }
    }

    /// <summary>
    /// Returns whether a crash has left an incomplete line. The outcome of a sent row always follows the record that it is about to be
    /// sent. Without that record the line was not cut by a crash, and must not be lost.
    /// </summary>
    /// <exception cref="UsageException">The text is not a line of a report.</exception>
    private bool IsIncomplete(string line, string? written)
    {
        if (written is not null && !portal.StartsWith(written, StringComparison.Ordinal))
        {
            return false;
        }

        return OutcomeOfSentRow().Match(line) is { Success: true } begin
            ? Lines().Any(other => begin.Groups["row"].Value == other.Row.ToString(CultureInfo.InvariantCulture)
                && (written is null || other.Portal == portal))
            : written is null || Lines().First().Portal == portal;
    }

    /// <summary>Matches the start of a line with <see cref="RowOutcome.Created"/> or <see cref="RowOutcome.Unknown"/>.</summary>
    [GeneratedRegex(@"^(\{""row"":)?(?<row>[0-9]+),(""outcome"":"")?[CU]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OutcomeOfSentRow();

    /// <summary>Returns the portal, the last field of a line, or <see langword="null"/> if the line is incomplete.</summary>
    private string? PortalOf(string line)
    {
        try
        {
            using var text = new StringReader(format.Heading + line);
            return format.Read(text).Single().Portal is { Length: > 0 } written ? written : null;
        }
        catch (UsageException)
        {
            return null;
        }
    }
}
