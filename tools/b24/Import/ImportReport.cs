using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Bitrix24.CommandLine;

/// <summary>
/// The report of an import, and its memory: it says before a row is sent that it will be, and afterwards what came of it. Whoever is killed in between leaves a report that says which rows are unknown.
/// </summary>
/// <remarks>Of a row with several lines the last one counts. When the import ends, each row is left with one.</remarks>
internal sealed partial class ImportReport : IDisposable
{
    /// <summary>More rows than can be on their way at once. A number far ahead of the others is of another file.</summary>
    private const int MaxGap = 10_000;

    private readonly string path;
    private readonly string portal;
    private readonly ReportFormat format;
    private readonly FileStream guard;

    // By the number of the row: what an import that was begun before has left, and the line that says so.
    private readonly List<(RowOutcome Outcome, ulong Fingerprint, int Line)> before = [];
    private readonly FileStream file;
    private int lines;

    private ImportReport(string path, string portal, FileStream guard)
    {
        this.path = path;
        this.portal = portal;
        this.guard = guard;
        format = ReportFormat.Of(path);
        file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 1);
    }

    /// <summary>How many rows, from the first, the report speaks of.</summary>
    public int Rows => before.Count;

    /// <param name="path">The file. It need not exist.</param>
    /// <param name="portal">Host of the portal that is imported to.</param>
    /// <exception cref="UsageException">The file is no report, or one of another portal, or cannot be written, or another import is at it.</exception>
    public static ImportReport Open(string path, string portal)
    {
        try
        {
            var held = new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
            try
            {
                var report = new ImportReport(path, portal, held);
                report.Load();
                return report;
            }
            catch
            {
                held.Dispose();
                throw;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"The report {path} cannot be written, or another import writes it: {exception.Message}");
        }
    }

    public (RowOutcome Outcome, ulong Fingerprint) Of(int row) => row <= before.Count ? (before[row - 1].Outcome, before[row - 1].Fingerprint) : default;

    /// <summary>Says that rows will be sent now. It is on the disk when this returns.</summary>
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

    /// <summary>Leaves one line of each row: the last. Only for an import that knows what came of all that it sent.</summary>
    public void Complete()
    {
        var tidy = path + ".tidy";
        using (var target = new FileStream(tidy, FileMode.Create, FileAccess.Write))
        {
            target.Write(Encoding.UTF8.GetBytes(format.Heading));
            foreach (var (index, line) in Lines().Index())
            {
                if (line.Outcome != RowOutcome.Sending && (line.Row > before.Count || before[line.Row - 1].Line == index))
                {
                    target.Write(Encoding.UTF8.GetBytes(format.Write(line)));
                }
            }

            // It takes the place of a file that is on the disk.
            target.Flush(flushToDisk: true);
        }

        file.Dispose();
        File.Move(tidy, path, overwrite: true);
    }

    public void Dispose()
    {
        file.Dispose();
        format.Dispose();
        guard.Dispose();
    }

    private void Load()
    {
        CheckBegin();
        EndLastLine();
        if (file.Length == 0)
        {
            file.Write(Encoding.UTF8.GetBytes(format.Heading));
        }

        foreach (var line in Lines())
        {
            if (line.Row < 1 || line.Row > before.Count + MaxGap || !ulong.TryParse(line.Fingerprint, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var fingerprint))
            {
                throw ReportFormat.NoReport();
            }

            if (line.Portal != portal)
            {
                throw new UsageException($"The file of --report speaks of an import to another portal, {line.Portal}. If that is the same one at an old address, write {portal} in its place into the report. Give another name only if the rows are to be made on both.");
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
                Write(new ReportLine { Row = row, Outcome = RowOutcome.Unknown, Message = "The import was interrupted while this row was on its way.", Fingerprint = fingerprint.ToString("x16", CultureInfo.InvariantCulture) });
                before[row - 1] = before[row - 1] with { Outcome = RowOutcome.Unknown };
            }
        }

        file.Flush(flushToDisk: true);
    }

    private void Note(ReportLine line)
    {
        // That a row is sent again does not undo what was said of it: only what comes of it does.
        if (line.Outcome != RowOutcome.Sending && line.Row <= before.Count)
        {
            before[line.Row - 1] = before[line.Row - 1] with { Line = lines };
        }

        lines++;
    }

    private void Append(ReportLine line)
    {
        line.Portal = portal;

        // A record is one line, so that one which was torn off shows.
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

    /// <summary>Somebody else's file stays as it is.</summary>
    private void CheckBegin()
    {
        var begin = new byte[128];
        var count = file.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false);
        if (!format.CanBegin(Encoding.UTF8.GetString(begin, 0, count)))
        {
            throw ReportFormat.NoReport();
        }
    }

    /// <summary>A line without an end was being written when something stopped it, or has lost nothing but its end to somebody's editor. One that speaks of another portal stays as it is: it is refused.</summary>
    private void EndLastLine()
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
        else if (IsTorn(line, written))
        {
            file.SetLength(end);
        }
    }

    /// <summary>What came of a row that was sent stands behind a line which says that it would be. Where there is none, it was no crash that has cut the line, and it is not to be lost.</summary>
    /// <exception cref="UsageException">It is no line of a report.</exception>
    private bool IsTorn(string line, string? written)
    {
        if (written is not null && !portal.StartsWith(written, StringComparison.Ordinal))
        {
            return false;
        }

        return OutcomeOfSentRow().Match(line) is { Success: true } begin
            ? Lines().Any(other => begin.Groups["row"].Value == other.Row.ToString(CultureInfo.InvariantCulture) && (written is null || other.Portal == portal))
            : written is null || Lines().First().Portal == portal;
    }

    /// <summary>The beginning of a line that says <see cref="RowOutcome.Created"/> or <see cref="RowOutcome.Unknown"/>.</summary>
    [GeneratedRegex(@"^(\{""row"":)?(?<row>[0-9]+),(""outcome"":"")?[CU]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OutcomeOfSentRow();

    /// <summary>The portal, which is the last of a line; <see langword="null"/> when the line ends before it.</summary>
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
