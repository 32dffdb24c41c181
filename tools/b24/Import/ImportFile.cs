using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Bitrix24.CommandLine;

/// <summary>Reads the file of an import row by row: a heading with <c>type</c>, <c>ids</c> and, if there are forms, <c>form</c>.</summary>
internal static class ImportFile
{
    private static readonly char[] Delimiters = [';', '\t', ','];

    private static readonly string[] Columns = ["type", "ids", "form"];

    /// <exception cref="UsageException">The file cannot be read, or is no such file.</exception>
    public static IEnumerable<ImportRow> Read(string path)
    {
        using var text = Open(path);
        using var csv = new CsvReader(text, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = DelimiterOf(path),
            TrimOptions = TrimOptions.Trim,
            MissingFieldFound = null,
            PrepareHeaderForMatch = header => header.Header.Trim().ToUpperInvariant(),
        });
        if (!Next(() => csv.Read() && csv.ReadHeader()) || !Has(csv, "type") || !Has(csv, "ids"))
        {
            throw new UsageException($"{path} has no heading with the columns type and ids, and form where there are CRM forms, separated by commas, semicolons or tabs.");
        }

        // One with another name for the form, say, would make lists without it.
        if (Array.Find(csv.HeaderRecord!, column => column.Length > 0 && !Columns.Contains(column, StringComparer.OrdinalIgnoreCase)) is { } unknown)
        {
            throw new UsageException($"{path} has a column '{unknown}', which an import does not know. The columns are type, ids and form.");
        }

        if (Columns.FirstOrDefault(column => csv.HeaderRecord!.Count(other => other.Equals(column, StringComparison.OrdinalIgnoreCase)) > 1) is { } twice)
        {
            throw new UsageException($"{path} has the column '{twice}' more than once. Ids go into one column, separated by something else than the columns, or in quotes.");
        }

        var hasForm = Has(csv, "form");
        for (var number = 1; ; number++)
        {
            var row = Next(() => csv.Read() ? ImportRow.Of(number, Field("type"), Field("ids"), hasForm ? Field("form") : string.Empty, Beyond()) : null);
            if (row is null)
            {
                yield break;
            }

            yield return row;
        }

        string Field(string column) => csv.GetField(column) ?? string.Empty;

        // What stands in no column of the heading.
        string Beyond() => string.Concat(csv.Parser.Record!.Where((_, index) => string.IsNullOrEmpty(csv.HeaderRecord!.ElementAtOrDefault(index)))).Trim();

        T Next<T>(Func<T> read)
        {
            try
            {
                return read();
            }
            catch (Exception exception) when (exception is CsvHelperException or IOException)
            {
                throw new UsageException(FormattableString.Invariant($"{path} cannot be read as CSV in line {csv.Parser.RawRow}."));
            }
        }
    }

    private static bool Has(CsvReader csv, string column) => csv.HeaderRecord!.Contains(column, StringComparer.OrdinalIgnoreCase);

    /// <summary>The first of them in the heading: the ids of a row may be separated by others.</summary>
    private static string DelimiterOf(string path)
    {
        using var text = Open(path);
        var heading = text.ReadLine() ?? string.Empty;
        return Delimiters.Where(delimiter => heading.Contains(delimiter, StringComparison.Ordinal)).DefaultIfEmpty(',').First().ToString();
    }

    private static StreamReader Open(string path)
    {
        try
        {
            return new StreamReader(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"{path} cannot be read: {exception.Message}");
        }
    }
}
