using System.Text.RegularExpressions;
using Bitrix24.Secrets;
using CsvHelper;
using CsvHelper.Configuration;
using CsvHelper.TypeConversion;

namespace Bitrix24.CommandLine;

/// <summary>
/// Writes text of a portal with an apostrophe before anything that a spreadsheet would evaluate as a formula. Some spreadsheets treat a
/// semicolon as the end of a cell.
/// </summary>
/// <remarks>Source: <see href="https://owasp.org/www-community/attacks/CSV_Injection"/></remarks>
internal sealed partial class SpreadsheetText : StringConverter
{
    /// <summary>The conversion is idempotent: text that already has an apostrophe does not get another one.</summary>
    public override string? ConvertToString(object? value, IWriterRow row, MemberMapData memberMapData) =>
        value is string text
            ? FormulaBegin().Replace(PlainText.ReplaceUnsafe(text), "$0'")
            : base.ConvertToString(value, row, memberMapData);

    [GeneratedRegex(@"(?:^|;)[\s""]*(?=[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FormulaBegin();
}
