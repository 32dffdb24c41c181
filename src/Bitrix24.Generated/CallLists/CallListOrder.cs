using Bitrix24.Serialization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Bitrix24;

/// <summary>Represents the sort order of call lists: the fields to sort by, the most significant first.</summary>
/// <remarks>Source: <see href="https://apidocs.bitrix24.com/api-reference/crm/call-list/crm-calllist-list.html"/></remarks>
/// <example><code>new CallListOrder().By(CallListField.DateCreate, SortDirection.Descending)</code></example>
[JsonConverter(typeof(Converter))]
public sealed class CallListOrder
{
    private readonly JObject fields = [];

    /// <summary>Adds a field to sort by.</summary>
    /// <param name="field">The field.</param>
    /// <param name="direction">The direction. Default is ascending.</param>
    /// <returns>This order.</returns>
    /// <exception cref="ArgumentException">The order already contains the field, or the field or the direction is not defined.</exception>
    public CallListOrder By(CallListField field, SortDirection direction = SortDirection.Ascending)
    {
        if (field.Value is null)
        {
            throw new ArgumentException("The field is not set. Use a property of CallListField.", nameof(field));
        }

        var word = direction switch
        {
            SortDirection.Ascending => "ASC",
            SortDirection.Descending => "DESC",
            _ => throw new ArgumentException("The direction is not defined.", nameof(direction)),
        };
        if (fields.ContainsKey(field.Value))
        {
            throw new ArgumentException("The order already contains the field.", nameof(field));
        }

        fields.Add(field.Value, word);
        return this;
    }

    /// <summary>
    /// Returns the direction if the id is the first field; else <see langword="null"/>. Ids are unique, so further fields have no effect.
    /// </summary>
    internal SortDirection? DirectionById() => fields.Properties().FirstOrDefault() is { Name: "ID" } first
        ? (string?)first.Value == "DESC" ? SortDirection.Descending : SortDirection.Ascending
        : null;

    internal bool IsEmpty => !fields.HasValues;

    private sealed class Converter : JsonObjectConverter<CallListOrder>
    {
        protected override JObject MembersOf(CallListOrder value) => value.fields;
    }
}
