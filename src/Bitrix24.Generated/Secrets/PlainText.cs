using System.Text;

namespace Bitrix24.Secrets;

/// <summary>Makes text of a portal safe to display: it cannot forge log lines or control a terminal.</summary>
internal static class PlainText
{
    private const int MaxLength = 300;

    /// <summary>Returns a single line of limited length.</summary>
    internal static string ToSingleLine(string text) =>
        text.Length > MaxLength && ReplaceUnsafe(text.Substring(0, MaxLength)) is var line ? line + "..." : ReplaceUnsafe(text).Trim();

    /// <summary>Replaces each unsafe character by a space.</summary>
    internal static string ReplaceUnsafe(string text)
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

    /// <summary>Returns whether a character controls a terminal or changes the direction of the text around it.</summary>
    internal static bool IsUnsafe(char character) =>
        char.IsControl(character)
        || character is '\u061C' or '\u200E' or '\u200F' or (>= '\u2028' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
