using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Bitrix24.CommandLine;

/// <summary>How the lines of a report are written: as CSV or, when the name of the file ends in <c>.json</c> or <c>.jsonl</c>, as a JSON object each.</summary>
internal sealed class ReportFormat : IDisposable
{
    private static readonly CsvConfiguration Csv = new(CultureInfo.InvariantCulture) { NewLine = "\n", HasHeaderRecord = false };
    private static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter() }, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly bool isJson;

    // One for all lines: each new one would compile how a line is written.
    private readonly StringWriter text = new(CultureInfo.InvariantCulture);
    private readonly CsvWriter csv;

    private ReportFormat(bool isJson)
    {
        this.isJson = isJson;
        csv = new CsvWriter(text, Csv);
    }

    public static ReportFormat Of(string path) => new(Path.GetExtension(path).ToUpperInvariant() is ".JSON" or ".JSONL");

    /// <summary>What stands before the first line.</summary>
    public string Heading => isJson ? string.Empty : "row,outcome,id,error,message,fingerprint,portal\n";

    /// <summary>Whether a text can be the beginning of a report, or of the beginning of one.</summary>
    public bool CanBegin(string text)
    {
        var begin = isJson ? "{\"row\":" : Heading;
        return text.Length < begin.Length ? begin.StartsWith(text, StringComparison.Ordinal) : text.StartsWith(begin, StringComparison.Ordinal);
    }

    public string Write(ReportLine line)
    {
        if (isJson)
        {
            return JsonSerializer.Serialize(line, Json) + "\n";
        }

        text.GetStringBuilder().Clear();
        csv.WriteRecord(line);
        csv.NextRecord();
        csv.Flush();
        return text.ToString();
    }

    public void Dispose()
    {
        csv.Dispose();
        text.Dispose();
    }

    /// <exception cref="UsageException">The text is no report.</exception>
    public IEnumerable<ReportLine> Read(TextReader source)
    {
        if (!isJson && source.ReadLine() + "\n" != Heading)
        {
            throw NoReport();
        }

        using var reader = isJson ? null : new CsvReader(source, Csv);
        using var lines = (reader is null ? JsonLines(source) : reader.GetRecords<ReportLine>()).GetEnumerator();
        while (true)
        {
            try
            {
                if (!lines.MoveNext())
                {
                    yield break;
                }
            }
            catch (Exception exception) when (exception is CsvHelperException or JsonException)
            {
                throw NoReport();
            }

            yield return lines.Current;
        }
    }

    public static UsageException NoReport() => new("The file of --report is no report of an import. Give another name if it is somebody else's. If it was a report, mend it: what no report speaks of is made, a second time as well.");

    private static IEnumerable<ReportLine> JsonLines(TextReader text)
    {
        while (text.ReadLine() is { } line)
        {
            yield return JsonSerializer.Deserialize<ReportLine>(line, Json) ?? throw new JsonException();
        }
    }
}
