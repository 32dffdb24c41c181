using Bitrix24.Serialization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Bitrix24;

/// <summary>The order of call lists: by one field and, where that is the same, by the next.</summary>
/// <remarks>Source: <see href="https://apidocs.bitrix24.com/api-reference/crm/call-list/crm-calllist-list.html"/></remarks>
/// <example><code>new CallListOrder().By(CallListField.DateCreate, SortDirection.Descending)</code></example>
[JsonConverter(typeof(Converter))]
public sealed class CallListOrder
{
    private readonly JObject fields = [];

    /// <summary>Sorts by a field, after those given before.</summary>
    /// <param name="field">The field.</param>
    /// <param name="direction">Which end comes first. Default: the least.</param>
    /// <returns>This order.</returns>
    /// <exception cref="ArgumentException">The field is in the order already, or the field or the direction is not defined.</exception>
    public CallListOrder By(CallListField field, SortDirection direction = SortDirection.Ascending)
    {
        if (field.Value is null)
        {
            throw new ArgumentException("The field is not set.", nameof(field));
        }

        var word = direction switch
        {
            SortDirection.Ascending => "ASC",
            SortDirection.Descending => "DESC",
            _ => throw new ArgumentException("The direction is not defined.", nameof(direction)),
        };
        if (fields.ContainsKey(field.Value))
        {
            throw new ArgumentException("The field is in the order already.", nameof(field));
        }

        fields.Add(field.Value, word);
        return this;
    }

    /// <summary>The direction, when the id alone decides; no two lists have the same, so what follows it does not count.</summary>
    internal SortDirection? DirectionById() => fields.Properties().FirstOrDefault() is { Name: "ID" } first
        ? (string?)first.Value == "DESC" ? SortDirection.Descending : SortDirection.Ascending
        : null;

    internal bool IsEmpty => !fields.HasValues;

    private sealed class Converter : JsonObjectConverter<CallListOrder>
    {
        protected override JObject MembersOf(CallListOrder value) => value.fields;
    }
}
