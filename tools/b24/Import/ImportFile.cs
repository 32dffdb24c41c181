using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Bitrix24.CommandLine;

/// <summary>Reads the CSV file of an import row by row. Its columns are <c>type</c>, <c>ids</c> and, optionally, <c>form</c>.</summary>
internal static class ImportFile
{
    private static readonly char[] Delimiters = [';', '\t', ','];

    private static readonly string[] Columns = ["type", "ids", "form"];

    /// <exception cref="UsageException">The file cannot be read, or has other columns.</exception>
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
            throw new UsageException(
                $"{path} has no header row with the columns type and ids, and optionally form, separated by commas, semicolons or tabs.");
        }

        // An unknown column is an error: with a misspelled 'form', the lists would be created without a webform.
        var header = csv.HeaderRecord!;
        if (Array.Find(header, column => column.Length > 0 && !Columns.Contains(column, StringComparer.OrdinalIgnoreCase)) is { } unknown)
        {
            throw new UsageException($"{path} has the unknown column '{unknown}'. The columns are type, ids and form.");
        }

        var duplicates = Columns.Where(column => header.Count(other => other.Equals(column, StringComparison.OrdinalIgnoreCase)) > 1);
        if (duplicates.FirstOrDefault() is { } duplicate)
        {
            throw new UsageException(
                $"{path} has the column '{duplicate}' more than once. Put all ids into one column. Quote them, or use another separator.");
        }

        var hasForm = Has(csv, "form");
        for (var number = 1; ; number++)
        {
            var row = Next(() => csv.Read()
                ? ImportRow.Of(number, Field("type"), Field("ids"), hasForm ? Field("form") : string.Empty, UnnamedFields())
                : null);
            if (row is null)
            {
                yield break;
            }

            yield return row;
        }

        string Field(string column) => csv.GetField(column) ?? string.Empty;

        // The fields without a column in the header row.
        string UnnamedFields() =>
            string.Concat(csv.Parser.Record!.Where((_, index) => string.IsNullOrEmpty(header.ElementAtOrDefault(index)))).Trim();

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

    /// <summary>Returns the delimiter in the header row. The ids of a row may have another separator.</summary>
    private static string DelimiterOf(string path)
    {
        using var text = Open(path);
        var header = text.ReadLine() ?? string.Empty;
        return Delimiters.Where(delimiter => header.Contains(delimiter, StringComparison.Ordinal)).DefaultIfEmpty(',').First().ToString();
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
