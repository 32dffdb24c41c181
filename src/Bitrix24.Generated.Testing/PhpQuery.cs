using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Testing;

/// <summary>Reads a query, or a form, as PHP does: <c>A[0]=1&amp;A[1]=2&amp;B[C]=d</c>.</summary>
internal static partial class PhpQuery
{
    /// <summary>PHP reads so many parameters where nobody has raised its limit, and passes over the rest in silence.</summary>
    private const int MaxParameters = 1000;

    internal static JObject Decode(string query)
    {
        var parameters = new JObject();
        foreach (var field in query.Split('&', StringSplitOptions.RemoveEmptyEntries).Take(MaxParameters))
        {
            var parts = field.Split('=', 2);
            var match = Name().Match(WebUtility.UrlDecode(parts[0]));
            if (match.Success)
            {
                Set(parameters, [match.Groups["name"].Value, .. match.Groups["key"].Captures.Select(key => key.Value)], parts.Length == 2 ? WebUtility.UrlDecode(parts[1]) : string.Empty);
            }
        }

        return (JObject)WithLists(parameters, isRoot: true);
    }

    private static void Set(JObject map, string[] path, string value)
    {
        foreach (var key in path[..^1])
        {
            var name = Key(map, key);
            if (map[name] is not JObject inner)
            {
                map[name] = inner = [];
            }

            map = inner;
        }

        map[Key(map, path[^1])] = value;
    }

    /// <summary>No key means the next number.</summary>
    private static string Key(JObject map, string key) =>
        key.Length > 0 ? key : map.Properties().Select(member => int.TryParse(member.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number + 1 : 0).DefaultIfEmpty().Max().ToString(CultureInfo.InvariantCulture);

    /// <summary>An array with the keys 0 to n is a list.</summary>
    private static JToken WithLists(JToken token, bool isRoot = false)
    {
        if (token is not JObject map)
        {
            return token;
        }

        foreach (var member in map.Properties().ToList())
        {
            member.Value = WithLists(member.Value);
        }

        return isRoot ? map : AsPhp(map);
    }

    /// <summary>A map as PHP writes it: a list when it is empty or has the keys 0 to n.</summary>
    internal static JToken AsPhp(JObject map)
    {
        var index = 0;
        return map.Properties().All(member => member.Name == (index++).ToString(CultureInfo.InvariantCulture)) ? new JArray(map.PropertyValues()) : map;
    }

    [GeneratedRegex(@"^(?<name>[^\[]+)(\[(?<key>[^\]]*)\])*", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}
