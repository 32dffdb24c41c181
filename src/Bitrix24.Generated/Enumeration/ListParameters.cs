using Newtonsoft.Json.Linq;

namespace Bitrix24.Enumeration;

/// <summary>The parameters of a list method: the caller's own, and those that select a page. Portals read their names without regard to case.</summary>
internal sealed class ListParameters
{
    private const string AllFields = "*";

    /// <summary>Methods that take a field and a direction as two texts in place of a map.</summary>
    private static readonly string[] MethodsWithSortText = ["user.get", "user.search", "voximplant.statistic.get"];

    /// <summary>Families whose fields are named in camel case; those of all others are in upper case.</summary>
    private static readonly string[] CamelCaseFamilies = ["crm.item.", "crm.type.", "crm.automatedsolution.", "crm.documentgenerator."];

    private readonly JObject members;

    internal ListParameters(JObject members) => this.members = members;

    internal bool HasStart => Find("start") is not null;

    /// <summary>Returns the name of the id in the fields of a method.</summary>
    internal static string IdFieldOf(string method) =>
        Array.Exists(CamelCaseFamilies, family => method.StartsWith(family, StringComparison.OrdinalIgnoreCase)) ? "id" : "ID";

    /// <summary>Returns whether the caller asks for an order other than that of the ids, and the direction if it is that of the ids.</summary>
    internal bool HasOtherOrder(string idField, ref SortDirection direction)
    {
        if (Find("sort") is not null)
        {
            return true;
        }

        switch (Find("order")?.Value)
        {
            case null or { Type: JTokenType.Null } or JArray { Count: 0 } or JObject { Count: 0 }:
                return false;
            case JObject { Count: 1 } order when order.Properties().First() is var field && IsField(field.Name, idField):
                direction = IsDescending(field.Value) ? SortDirection.Descending : SortDirection.Ascending;
                return false;
            default:
                return true;
        }
    }

    /// <summary>Asks for the items in the order of their ids, without a count.</summary>
    internal void OrderById(string method, string idField, SortDirection direction)
    {
        var directionText = direction == SortDirection.Ascending ? "ASC" : "DESC";
        if (MethodsWithSortText.Contains(method, StringComparer.OrdinalIgnoreCase))
        {
            Set("sort", idField);
            Set("order", directionText);
        }
        else
        {
            Set("order", new JObject { [idField] = directionText });
        }

        if (
            Find("select")?.Value is JArray { Count: > 0 } select
            && !select.Any(field => IsField((string?)field, idField) || (string?)field == AllFields)
        )
        {
            select.Add(idField);
        }

        Set("start", -1);
    }

    /// <summary>Selects the items after the last one of a page.</summary>
    internal void ContinueAfter(long id, string idField, SortDirection direction)
    {
        var name = (direction == SortDirection.Ascending ? ">" : "<") + idField;
        if (Find("filter")?.Value is not JObject filter)
        {
            filter = [];
            Set("filter", filter);
        }

        (filter.Property(name, StringComparison.OrdinalIgnoreCase) ?? Append(filter, name)).Value = id;
    }

    internal void StartAt(long offset) => Set("start", offset);

    /// <summary>Returns a copy to send.</summary>
    internal JObject ToObject() => (JObject)members.DeepClone();

    private static bool IsField(string? name, string idField) => string.Equals(name, idField, StringComparison.OrdinalIgnoreCase);

    private static bool IsDescending(JToken direction) =>
        ((string?)(direction as JValue))?.Trim().Equals("DESC", StringComparison.OrdinalIgnoreCase) == true;

    private static JProperty Append(JObject map, string name)
    {
        var property = new JProperty(name, JValue.CreateNull());
        map.Add(property);
        return property;
    }

    private void Set(string name, JToken value) => (Find(name) ?? Append(members, name)).Value = value;

    private JProperty? Find(string name) => members.Property(name, StringComparison.OrdinalIgnoreCase);
}
