using System.Globalization;
using System.Text;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Batches;

/// <summary>Writes parameters as a query that PHP reads back as they were: <c>NAME[0]=1</c>, nested <c>A[B]=c</c>.</summary>
/// <remarks>Throws <see cref="NotSupportedException"/> for what a query cannot hold.</remarks>
internal static class PhpQuery
{
    /// <summary>What a portal knows of earlier commands: <c>$total[key]</c> is replaced as <c>$result[key]</c> is.</summary>
    private static readonly string[] Replaced = ["result", "next", "total", "time", "error", "signature"];

    private static readonly char[] Blanks = [' ', '\t', '\n', '\v', '\f', '\r'];

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
                throw new NotSupportedException($"{name} is an empty list, which the query of a command cannot hold. Leave it out, or call the method outside of a batch.");
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
                    $"{name} is a text that portals replace with the result of an earlier command, such as $result[key]. Call the method "
                    + "outside of a batch to send the text as it is. Where the result is meant, write BatchCommand.ResultOf.");
            default:
                Append(query, name, Text((JValue)value));
                break;
        }
    }

    private static void Append(StringBuilder query, string name, string text) =>
        query.Append(query.Length == 0 ? string.Empty : "&").Append(name).Append('=').Append(Uri.EscapeDataString(text));

    /// <summary>
    /// Whether a portal replaces a part of a text: a dollar sign and one of the words, in any case, and up to the next blank brackets
    /// with something in them. There is no way to escape it.
    /// </summary>
    private static bool IsReplaced(string text)
    {
        for (var start = text.IndexOf('$'); start >= 0; start = text.IndexOf('$', start + 1))
        {
            var after = start + 1;
            if (!Array.Exists(Replaced, word => string.Compare(text, after, word, 0, word.Length, StringComparison.OrdinalIgnoreCase) == 0))
            {
                continue;
            }

            var end = text.IndexOfAny(Blanks, start);
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
        : throw new NotSupportedException($"{parameter.Name} is a name with brackets, which the query of a command cannot hold. Nest it, or call the method outside of a batch.");

    /// <summary>The texts that PHP takes for what they stand for; a query knows no other type.</summary>
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
