using Bitrix24.Serialization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Bitrix24;

/// <summary>Conditions for call lists, all of which have to be met.</summary>
/// <remarks>Source: <see href="https://apidocs.bitrix24.com/api-reference/crm/call-list/crm-calllist-list.html"/></remarks>
/// <example><code>new CallListFilter().Equal(CallListFilterField.EntityTypeId, 3).AtLeast(CallListFilterField.Id, 100)</code></example>
[JsonConverter(typeof(Converter))]
public sealed class CallListFilter
{
    private readonly JObject conditions = [];

    /// <summary>The field has the value.</summary>
    /// <param name="field">The field.</param>
    /// <param name="value">The value.</param>
    /// <returns>This filter.</returns>
    /// <exception cref="ArgumentException">The field has such a condition already, or is not defined.</exception>
    public CallListFilter Equal(CallListFilterField field, long value) => Add(string.Empty, field, value);

    /// <summary>The field does not have the value.</summary>
    /// <inheritdoc cref="Equal"/>
    public CallListFilter NotEqual(CallListFilterField field, long value) => Add("!=", field, value);

    /// <summary>The field is at least the value.</summary>
    /// <inheritdoc cref="Equal"/>
    public CallListFilter AtLeast(CallListFilterField field, long value) => Add(">=", field, value);

    /// <summary>The field is more than the value.</summary>
    /// <inheritdoc cref="Equal"/>
    public CallListFilter MoreThan(CallListFilterField field, long value) => Add(">", field, value);

    /// <summary>The field is at most the value.</summary>
    /// <inheritdoc cref="Equal"/>
    public CallListFilter AtMost(CallListFilterField field, long value) => Add("<=", field, value);

    /// <summary>The field is less than the value.</summary>
    /// <inheritdoc cref="Equal"/>
    public CallListFilter LessThan(CallListFilterField field, long value) => Add("<", field, value);

    /// <summary>The field has one of the values.</summary>
    /// <param name="field">The field.</param>
    /// <param name="values">The values, at least one.</param>
    /// <returns>This filter.</returns>
    /// <exception cref="ArgumentException">There is no value, or the field has such a condition already, or is not defined.</exception>
    public CallListFilter In(CallListFilterField field, IEnumerable<long> values) => Add("@", field, Array(values));

    /// <summary>The field has none of the values.</summary>
    /// <inheritdoc cref="In"/>
    public CallListFilter NotIn(CallListFilterField field, IEnumerable<long> values) => Add("!@", field, Array(values));

    /// <summary>The same conditions for the lists behind one, which was met by a condition on the id that it replaces.</summary>
    internal CallListFilter Beyond(long id, SortDirection direction)
    {
        var beyond = new CallListFilter();
        beyond.conditions.Merge(conditions);
        beyond.conditions[direction == SortDirection.Ascending ? ">ID" : "<ID"] = id;
        return beyond;
    }

    private CallListFilter Add(string prefix, CallListFilterField field, JToken value)
    {
        var key = prefix + field switch
        {
            CallListFilterField.Id => "ID",
            CallListFilterField.CreatedById => "CREATED_BY_ID",
            CallListFilterField.WebformId => "WEBFORM_ID",
            CallListFilterField.EntityTypeId => "ENTITY_TYPE_ID",
            _ => throw new ArgumentException("The field is not defined.", nameof(field)),
        };
        if (conditions.ContainsKey(key))
        {
            throw new ArgumentException("The field has such a condition already; the portal would look at one of them only.", nameof(field));
        }

        conditions.Add(key, value);
        return this;
    }

    private static JArray Array(IEnumerable<long> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var array = new JArray(values);
        return array.Count > 0 ? array : throw new ArgumentException("There is no value.", nameof(values));
    }

    private sealed class Converter : JsonObjectConverter<CallListFilter>
    {
        protected override JObject MembersOf(CallListFilter value) => value.conditions;
    }
}
