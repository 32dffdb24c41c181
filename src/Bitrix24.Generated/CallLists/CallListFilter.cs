using Bitrix24.Serialization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Bitrix24;

/// <summary>Represents conditions that a call list must all meet.</summary>
/// <remarks>Source: <see href="https://apidocs.bitrix24.com/api-reference/crm/call-list/crm-calllist-list.html"/></remarks>
/// <example><code>new CallListFilter().Equal(CallListFilterField.EntityTypeId, 3).AtLeast(CallListFilterField.Id, 100)</code></example>
[JsonConverter(typeof(Converter))]
public sealed class CallListFilter
{
    private readonly JObject conditions = [];

    /// <summary>Adds the condition that the field equals a value.</summary>
    /// <param name="field">The field.</param>
    /// <param name="value">The value.</param>
    /// <returns>This filter.</returns>
    /// <exception cref="ArgumentException">The field already has such a condition or is not defined.</exception>
    public CallListFilter Equal(CallListFilterField field, long value) => Add(string.Empty, field, value);

    /// <summary>Adds the condition that the field does not equal a value.</summary>
    /// <inheritdoc cref="Equal"/>
    public CallListFilter NotEqual(CallListFilterField field, long value) => Add("!=", field, value);

    /// <summary>Adds the condition that the field is greater than or equal to a value.</summary>
    /// <inheritdoc cref="Equal"/>
    public CallListFilter AtLeast(CallListFilterField field, long value) => Add(">=", field, value);

    /// <summary>Adds the condition that the field is greater than a value.</summary>
    /// <inheritdoc cref="Equal"/>
    public CallListFilter MoreThan(CallListFilterField field, long value) => Add(">", field, value);

    /// <summary>Adds the condition that the field is less than or equal to a value.</summary>
    /// <inheritdoc cref="Equal"/>
    public CallListFilter AtMost(CallListFilterField field, long value) => Add("<=", field, value);

    /// <summary>Adds the condition that the field is less than a value.</summary>
    /// <inheritdoc cref="Equal"/>
    public CallListFilter LessThan(CallListFilterField field, long value) => Add("<", field, value);

    /// <summary>Adds the condition that the field equals one of several values.</summary>
    /// <param name="field">The field.</param>
    /// <param name="values">The values, at least one.</param>
    /// <returns>This filter.</returns>
    /// <exception cref="ArgumentException">The values are empty, or the field already has such a condition or is not defined.</exception>
    public CallListFilter In(CallListFilterField field, IEnumerable<long> values) => Add("@", field, Array(values));

    /// <summary>Adds the condition that the field equals none of several values.</summary>
    /// <inheritdoc cref="In"/>
    public CallListFilter NotIn(CallListFilterField field, IEnumerable<long> values) => Add("!@", field, Array(values));

    /// <summary>Returns a copy for the lists after an id. A previous condition of this method is replaced.</summary>
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
            throw new ArgumentException("The field already has such a condition. The portal would apply only one of them.", nameof(field));
        }

        conditions.Add(key, value);
        return this;
    }

    private static JArray Array(IEnumerable<long> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var array = new JArray(values);
        return array.Count > 0 ? array : throw new ArgumentException("The values are empty. Pass at least one.", nameof(values));
    }

    private sealed class Converter : JsonObjectConverter<CallListFilter>
    {
        protected override JObject MembersOf(CallListFilter value) => value.conditions;
    }
}
