using System.Globalization;
using System.Text;
using Newtonsoft.Json.Linq;

namespace Bitrix24;

/// <summary>Writes parameters as a query that PHP reads back as they were: <c>NAME[0]=1</c>, nested <c>A[B]=c</c>.</summary>
/// <remarks>Throws <see cref="NotSupportedException"/> for what a query cannot hold.</remarks>
internal static class PhpQuery
{
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
            default:
                query.Append(query.Length == 0 ? string.Empty : "&").Append(name).Append('=').Append(Uri.EscapeDataString(Text((JValue)value)));
                break;
        }
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
