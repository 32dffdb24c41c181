using Bitrix24.Secrets;
using System.Text.RegularExpressions;
using CsvHelper;
using CsvHelper.Configuration;
using CsvHelper.TypeConversion;

namespace Bitrix24.CommandLine;

/// <summary>
/// Writes text of a portal so that a spreadsheet shows it: an apostrophe stands before what would begin a formula. Some spreadsheets also
/// take a semicolon for the end of a cell.
/// </summary>
/// <remarks>Source: <see href="https://owasp.org/www-community/attacks/CSV_Injection"/></remarks>
internal sealed partial class SpreadsheetText : StringConverter
{
    /// <summary>What was written once is written in the same way again.</summary>
    public override string? ConvertToString(object? value, IWriterRow row, MemberMapData memberMapData) =>
        value is string text ? FormulaBegin().Replace(PlainText.ReplaceUnsafe(text), "$0'") : base.ConvertToString(value, row, memberMapData);

    [GeneratedRegex(@"(?:^|;)[\s""]*(?=[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FormulaBegin();
}
