using System.Text;

namespace Bitrix24.Secrets;

/// <summary>Makes text of a portal safe to show: it must not forge log lines, nor say something to a terminal.</summary>
internal static class PlainText
{
    private const int MaxQuoteLength = 300;

    /// <summary>Returns one line of bounded length.</summary>
    internal static string Quote(string text) =>
        text.Length > MaxQuoteLength && OneLine(text.Substring(0, MaxQuoteLength)) is var line ? line + "..." : OneLine(text).Trim();

    /// <summary>Returns one line: a blank stands in place of each character that <see cref="IsUnsafe"/> names.</summary>
    internal static string OneLine(string text)
    {
        var line = new StringBuilder(text);
        for (var index = 0; index < line.Length; index++)
        {
            if (IsUnsafe(line[index]))
            {
                line[index] = ' ';
            }
        }

        return line.ToString();
    }

    /// <summary>Whether a character is a command to a terminal, or changes the direction of the text around it.</summary>
    internal static bool IsUnsafe(char character) =>
        char.IsControl(character)
        || character is '\u061C' or '\u200E' or '\u200F' or (>= '\u2028' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
