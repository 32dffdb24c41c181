using Newtonsoft.Json.Linq;

namespace Bitrix24.Enumeration;

/// <summary>Finds the list of items in the result of a list method.</summary>
internal static class ItemList
{
    private const string Items = "items";

    /// <returns>The items; <see langword="null"/> if the result holds no list, or several.</returns>
    internal static IReadOnlyList<JToken>? Find(JToken? result, string? path)
    {
        if (path is not null)
        {
            foreach (var name in path.Split('.'))
            {
                result = (result as JObject)?.Property(name, StringComparison.OrdinalIgnoreCase)?.Value;
            }

            return result is null ? null : ListOf(result);
        }

        if (result is not JObject map || IsMapById(map))
        {
            return result is null ? null : ListOf(result);
        }

        if (map.Property(Items, StringComparison.OrdinalIgnoreCase) is { } items)
        {
            return ListOf(items.Value);
        }

        var lists = map.Properties().Where(member => member.Value is JArray).Take(2).ToList();
        return lists.Count == 1 ? ListOf(lists[0].Value)
            : lists.Count == 0 && map.Count == 1 && map.PropertyValues().First() is JObject inner && IsMapById(inner) ? ListOf(inner)
            : null;
    }

    /// <summary>PHP writes an empty map as a list.</summary>
    private static IReadOnlyList<JToken>? ListOf(JToken value) => value switch
    {
        JArray list => [.. list],
        JObject map when IsMapById(map) => [.. map.PropertyValues()],
        _ => null,
    };

    private static bool IsMapById(JObject map) =>
        map.Properties().All(member => member.Name.All(character => character is >= '0' and <= '9') && member.Value is JObject);
}
