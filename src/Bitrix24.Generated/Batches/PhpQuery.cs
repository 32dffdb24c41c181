using System.Globalization;
using System.Text;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Batches;

/// <summary>Writes parameters as a PHP-style query: <c>NAME[0]=1</c>, nested <c>A[B]=c</c>.</summary>
/// <remarks>Throws a <see cref="NotSupportedException"/> for values that a query cannot represent.</remarks>
internal static class PhpQuery
{
    /// <summary>The names that a portal replaces by data of earlier commands, such as <c>$result[key]</c> and <c>$total[key]</c>.</summary>
    private static readonly string[] ReplacedNames = ["result", "next", "total", "time", "error", "signature"];

    private static readonly char[] WhiteSpace = [' ', '\t', '\n', '\v', '\f', '\r'];

    internal static void Append(StringBuilder query, JObject parameters)
    {
        foreach (var parameter in parameters.Properties())
        {
            Append(query, Name(parameter), parameter.Value);
        }
    }

    private static void Append(StringBuilder query, string name, JToken value)
    {
        switch (value)
        {
            case JObject map:
                foreach (var member in map.Properties())
                {
                    Append(query, $"{name}[{Name(member)}]", member.Value);
                }

                break;
            case JArray { Count: 0 }:
                throw new NotSupportedException(
                    $"{name} is an empty list, which a command cannot contain. Leave it out, or call the method outside of a batch.");
            case JArray list:
                for (var index = 0; index < list.Count; index++)
                {
                    Append(query, FormattableString.Invariant($"{name}[{index}]"), list[index]);
                }

                break;
            case JRaw raw when JToken.Parse((string?)raw.Value ?? "null") is var json && json.Type != JTokenType.String:
                Append(query, name, json);
                break;
            case JRaw reference:
                Append(query, name, (string)JToken.Parse((string)reference.Value!)!);
                break;
            case JValue { Value: string text } when IsReplaced(text):
                throw new NotSupportedException(
                    $"{name} is a text that portals replace by the result of an earlier command, such as $result[key]. To use the result, "
                    + "pass BatchCommand.ResultOf. To send the text, call the method outside of a batch.");
            default:
                Append(query, name, Text((JValue)value));
                break;
        }
    }

    private static void Append(StringBuilder query, string name, string text) =>
        query.Append(query.Length == 0 ? string.Empty : "&").Append(name).Append('=').Append(Uri.EscapeDataString(text));

    /// <summary>
    /// Returns whether a portal replaces a part of a text: a dollar sign, one of the names in any case and, before the next white space,
    /// brackets that are not empty. Portals support no escape for it.
    /// </summary>
    private static bool IsReplaced(string text)
    {
        for (var start = text.IndexOf('$'); start >= 0; start = text.IndexOf('$', start + 1))
        {
            var after = start + 1;
            if (!Array.Exists(
                ReplacedNames, name => string.Compare(text, after, name, 0, name.Length, StringComparison.OrdinalIgnoreCase) == 0))
            {
                continue;
            }

            var end = text.IndexOfAny(WhiteSpace, start);
            end = end < 0 ? text.Length : end;
            if (HasKey(text, start, end))
            {
                return true;
            }

            start = end - 1;
        }

        return false;
    }

    private static bool HasKey(string text, int start, int end)
    {
        var open = text.IndexOf('[', start, end - start);
        for (; open >= 0 && open + 2 < end; open = text.IndexOf('[', open + 1, end - open - 1))
        {
            if (text[open + 1] != ']')
            {
                return text.IndexOf(']', open + 2, end - open - 2) >= 0;
            }
        }

        return false;
    }

    private static string Name(JProperty parameter) => parameter.Name.IndexOfAny(['[', ']']) < 0
        ? Uri.EscapeDataString(parameter.Name)
        : throw new NotSupportedException(
            $"{parameter.Name} is a name with brackets, which a command cannot contain. "
            + "Use a nested object, or call the method outside of a batch.");

    /// <summary>Converts a value to the text that PHP interprets as this value.</summary>
    private static string Text(JValue value) => value.Value switch
    {
        true => "1",
        false => "0",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        byte[] bytes => Convert.ToBase64String(bytes),
        DateTime or DateTimeOffset => value.ToString(Newtonsoft.Json.Formatting.None).Trim('"'),
        var other => Convert.ToString(other, CultureInfo.InvariantCulture) ?? string.Empty,
    };
}
