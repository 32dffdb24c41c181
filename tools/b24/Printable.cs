using Bitrix24.Secrets;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Bitrix24.CommandLine;

/// <summary>Makes text of a portal safe for a terminal, which interprets control characters.</summary>
internal static class Printable
{
    /// <summary>Replaces control characters, except line breaks, with spaces.</summary>
    public static string Text(string text) => string.Join('\n', text.Split('\n').Select(PlainText.ReplaceUnsafe));

    /// <summary>Returns JSON on one line, with escape sequences for control characters. No information is lost.</summary>
    public static string Json(JObject value) =>
        string.Concat(value.ToString(Formatting.None).Select(Escaped));

    private static string Escaped(char character) => PlainText.IsUnsafe(character) ? $"\\u{(int)character:x4}" : character.ToString();
}
