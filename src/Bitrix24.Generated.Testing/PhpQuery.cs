using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Testing;

/// <summary>Reads a query string or form data as PHP does: <c>A[0]=1&amp;A[1]=2&amp;B[C]=d</c>.</summary>
internal static partial class PhpQuery
{
    /// <summary>The default limit of PHP. It silently ignores further parameters.</summary>
    private const int MaxParameters = 1000;

    internal static JObject Decode(string query) =>
        Decode(query.Split('&', StringSplitOptions.RemoveEmptyEntries).Take(MaxParameters).Select(Field));

    internal static JObject Decode(IEnumerable<(string Name, string Value)> fields)
    {
        var parameters = new JObject();
        foreach (var (name, value) in fields.Take(MaxParameters))
        {
            var match = Name().Match(name);
            if (match.Success)
            {
                Set(parameters, [match.Groups["name"].Value, .. match.Groups["key"].Captures.Select(key => key.Value)], value);
            }
        }

        return (JObject)WithLists(parameters, isRoot: true);
    }

    private static (string Name, string Value) Field(string field)
    {
        var parts = field.Split('=', 2);
        return (WebUtility.UrlDecode(parts[0]), parts.Length == 2 ? WebUtility.UrlDecode(parts[1]) : string.Empty);
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

    /// <summary>Returns the key, or the next number if the key is empty.</summary>
    private static string Key(JObject map, string key)
    {
        if (key.Length > 0)
        {
            return key;
        }

        var next = map.Properties().Select(property => Number(property.Name) + 1 ?? 0).DefaultIfEmpty().Max();
        return next.ToString(CultureInfo.InvariantCulture);
    }

    private static int? Number(string key) =>
        int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Turns arrays with the keys 0 to n into lists.</summary>
    private static JToken WithLists(JToken token, bool isRoot = false)
    {
        if (token is not JObject map)
        {
            return token;
        }

        foreach (var property in map.Properties().ToList())
        {
            property.Value = WithLists(property.Value);
        }

        return isRoot ? map : AsPhp(map);
    }

    /// <summary>Returns a map as PHP writes it: as a list if it is empty or has the keys 0 to n.</summary>
    internal static JToken AsPhp(JObject map)
    {
        var index = 0;
        var isList = map.Properties().All(property => property.Name == (index++).ToString(CultureInfo.InvariantCulture));
        return isList ? new JArray(map.PropertyValues()) : map;
    }

    [GeneratedRegex(@"^(?<name>[^\[]+)(\[(?<key>[^\]]*)\])*", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}
