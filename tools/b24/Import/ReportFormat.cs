using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Bitrix24.CommandLine;

/// <summary>
/// Reads and writes the lines of a report: JSON objects if the file name ends in <c>.json</c> or <c>.jsonl</c>, otherwise CSV.
/// </summary>
internal sealed class ReportFormat : IDisposable
{
    private static readonly CsvConfiguration Csv = new(CultureInfo.InvariantCulture) { NewLine = "\n", HasHeaderRecord = false };
    private static readonly JsonSerializerOptions Json = new()
    {
        Converters = { new JsonStringEnumConverter() },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };


    private readonly bool isJson;

    // One writer for all lines, because each new writer compiles its mapping.
    private readonly StringWriter text = new(CultureInfo.InvariantCulture);
    private readonly CsvWriter csv;

    private ReportFormat(bool isJson)
    {
        this.isJson = isJson;
        csv = new CsvWriter(text, Csv);
    }

    public static ReportFormat Of(string path) => new(Path.GetExtension(path).ToUpperInvariant() is ".JSON" or ".JSONL");

    /// <summary>Gets the text before the first line.</summary>
    public string Heading => isJson ? string.Empty : "row,outcome,id,error,message,fingerprint,portal\n";

    /// <summary>Returns whether a report can start with a text. The text may be shorter than the start of a report.</summary>
    public bool CanBegin(string text)
    {
        var begin = isJson ? "{\"row\":" : Heading;
        return text.Length < begin.Length
            ? begin.StartsWith(text, StringComparison.Ordinal)
            : text.StartsWith(begin, StringComparison.Ordinal);
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

    /// <exception cref="UsageException">The text is not a report.</exception>
    public IEnumerable<ReportLine> Read(TextReader source)
    {
        if (!isJson && source.ReadLine() + "\n" != Heading)
        {
            throw NotAReport();
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
                throw NotAReport();
            }

            yield return lines.Current;
        }
    }

    public static UsageException NotAReport() => new(
        "The file of --report is not a report of an import. If it is another file, use another name. "
        + "If it is a damaged report, repair it first: rows missing from it will be created again.");

    private static IEnumerable<ReportLine> JsonLines(TextReader text)
    {
        while (text.ReadLine() is { } line)
        {
            yield return JsonSerializer.Deserialize<ReportLine>(line, Json) ?? throw new JsonException();
        }
    }
}
