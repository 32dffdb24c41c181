using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Serialization;

/// <summary>
/// Reads a response, or an object in one, without reflection. Generated code calls it. It accepts only what the types of the spec allow,
/// without repeated members and without names that differ from a known one only in case.
/// </summary>
/// <param name="json">The reader, at the start of the object.</param>
/// <param name="serializer">The serializer for other types.</param>
internal sealed class ResponseReader(JsonReader json, JsonSerializer serializer)
{
    private bool unreadable;

    /// <summary>Gets the path of the value that the reader is at.</summary>
    internal string Path => json.Path;

    /// <summary>Reads the whole text. Returns <see langword="null"/> if it is not a response of this type.</summary>
    internal static TResponse? TryRead<TResponse>(ArraySegment<byte> text, JsonSerializer serializer, out string? unreadablePath)
        where TResponse : class, IJsonReadable, new()
    {
        unreadablePath = null;
        var json = new StrictJsonReader(text);
        try
        {
            var response = json.Read() && json.TokenType == JsonToken.StartObject ? TryFill(json, new TResponse(), serializer) : null;
            return response is null || json.Read() ? null : response;
        }
        catch (JsonException exception)
        {
            unreadablePath = (exception as JsonSerializationException)?.Path ?? (exception as JsonReaderException)?.Path;
            return null;
        }
    }

    /// <summary>Reads an object into a new value. Returns <see langword="null"/> if it is not of this type.</summary>
    internal static T? TryFill<T>(JsonReader json, T value, JsonSerializer serializer)
        where T : class, IJsonReadable
    {
        var reader = new ResponseReader(json, serializer);
        value.Read(reader);
        return reader.unreadable ? null : value;
    }

    /// <summary>Caches names, so that they are not allocated for each response. Each type calls it once.</summary>
    internal static string[] Names(params string[] names)
    {
        Array.ForEach(names, KnownNames.Add);
        return names;
    }

    /// <summary>Moves to the value of the next member and returns its name; <see langword="null"/> at the end of the object.</summary>
    internal string? ReadPropertyName()
    {
        if (unreadable || !json.Read() || json.TokenType != JsonToken.PropertyName)
        {
            unreadable |= json.TokenType != JsonToken.EndObject;
            return null;
        }

        var name = (string)json.Value!;
        json.Read();
        return name;
    }

    /// <summary>
    /// Skips a member that the type does not have. A known name in another case is rejected, as is an error that is not null.
    /// </summary>
    internal void Skip(string name, string[] names)
    {
        RejectKnown(name, names);
        Skip();
    }

    /// <summary>Keeps a member that the type does not have. A known name in another case is rejected.</summary>
    internal void Keep(string name, string[] names, IDictionary<string, JToken> members)
    {
        RejectKnown(name, names);
        members[name] = serializer.Deserialize<JToken>(json) ?? JValue.CreateNull();
    }

    /// <summary>Marks a required member as present. It must not be repeated or null.</summary>
    internal bool MarkPresent(bool already)
    {
        unreadable |= already || json.TokenType == JsonToken.Null;
        return true;
    }

    /// <summary>Requires that an optional member is not null.</summary>
    internal void NotNull() => unreadable |= json.TokenType == JsonToken.Null;

    /// <summary>Requires that a member was present.</summary>
    internal void RequirePresent(bool given) => unreadable |= !given;

    internal long Integer(long minimum) => OptionalInteger(minimum).GetValueOrDefault();

    internal long? OptionalInteger(long minimum)
    {
        var value = JsonScalar.Integer(json);
        unreadable |= value is null ? json.TokenType != JsonToken.Null : value < minimum;
        return value;
    }

    internal string Text() => OptionalText() ?? string.Empty;

    /// <summary>Reads a text. Portals send some texts that consist of digits as numbers.</summary>
    internal string? OptionalText()
    {
        unreadable |= json.TokenType is JsonToken.StartObject or JsonToken.StartArray;
        return json switch
        {
            { Value: bool value } => value ? "true" : "false",
            StrictJsonReader { TokenType: JsonToken.Integer or JsonToken.Float } strict => strict.Raw(),
            _ => JsonScalar.Text(json),
        };
    }

    internal DateTimeOffset Date() => OptionalDate().GetValueOrDefault();

    /// <summary>Reads a point in time, which must have an offset.</summary>
    internal DateTimeOffset? OptionalDate()
    {
        var value = JsonScalar.Date(json);
        unreadable |= value is null && json.TokenType != JsonToken.Null;
        return value;
    }

    /// <summary>Reads the value of an open enum, which must be a string.</summary>
    internal string EnumText() => OptionalEnumText() ?? string.Empty;

    /// <inheritdoc cref="EnumText"/>
    internal string? OptionalEnumText()
    {
        unreadable |= json.TokenType is not (JsonToken.String or JsonToken.Null);
        return json.Value as string;
    }

    internal bool True()
    {
        unreadable |= json is not { TokenType: JsonToken.Boolean, Value: true };
        return true;
    }

    /// <summary>Reads a boolean that can be one of the numbers 1 and 0.</summary>
    internal bool? Digit()
    {
        bool? value = json.Value switch
        {
            bool given => given,
            0L => false,
            1L => true,
            _ => null,
        };
        unreadable |= value is null && json.TokenType != JsonToken.Null;
        return value;
    }

    /// <summary>Reads a member of a lenient type. A value that cannot be read counts as absent.</summary>
    internal double? LenientNumber() => Lenient(JsonScalar.Number(json));

    /// <inheritdoc cref="LenientNumber"/>
    internal long? LenientInteger() => Lenient(JsonScalar.Integer(json));

    /// <inheritdoc cref="LenientNumber"/>
    internal bool? LenientBoolean() => Lenient(JsonScalar.Boolean(json));

    /// <inheritdoc cref="LenientNumber"/>
    internal DateTimeOffset? LenientDate() => Lenient(JsonScalar.Date(json));

    /// <inheritdoc cref="LenientNumber"/>
    internal string? LenientText()
    {
        var text = JsonScalar.Text(json);
        Skip();
        return text;
    }

    internal IReadOnlyDictionary<string, T> Map<T>() => PhpDictionaryConverter<T>.Read(json, serializer);

    internal IReadOnlyList<T>? OptionalList<T>() => json.TokenType == JsonToken.Null ? null : List<T>();

    internal IReadOnlyList<T> List<T>()
    {
        var list = new List<T>();
        unreadable |= json.TokenType != JsonToken.StartArray;
        while (!unreadable && json.Read() && json.TokenType != JsonToken.EndArray)
        {
            list.Add(Value<T>()!);
        }

        unreadable |= json.TokenType != JsonToken.EndArray;
        return list;
    }

    /// <summary>Reads a value like <see cref="Value{T}"/>. It must be present, also if its type is lenient.</summary>
    internal T RequiredValue<T>()
    {
        var value = Value<T>();
        unreadable |= value is null;
        return value!;
    }

    /// <summary>Reads an object of a type of the spec, or a value of another type with the serializer.</summary>
    internal T? Value<T>()
    {
        if (!Readable<T>.Is)
        {
            // The serializer would round a fraction to an integer, and an id would be another one.
            unreadable |= json.TokenType == JsonToken.Float && Readable<T>.IsInteger;
            unreadable |= json.TokenType == JsonToken.Null && default(T) is not null;
            return unreadable ? default : serializer.Deserialize<T>(json);
        }

        if (json.TokenType != JsonToken.StartObject)
        {
            unreadable |= !Readable<T>.IsLenient && json.TokenType != JsonToken.Null;
            Skip();
            return default;
        }

        var value = Activator.CreateInstance<T>();
        ((IJsonReadable)value!).Read(this);
        return value;
    }

    private void RejectKnown(string name, string[] names)
    {
        foreach (var known in names)
        {
            unreadable |= string.Equals(name, known, StringComparison.OrdinalIgnoreCase)
                && !(name == known && json.TokenType == JsonToken.Null);
        }
    }

    private void Skip()
    {
        if (json is StrictJsonReader strict)
        {
            strict.SkipValue();
            return;
        }

        json.Skip();
    }

    private T? Lenient<T>(T? value)
        where T : struct
    {
        Skip();
        return value;
    }

    private static class Readable<T>
    {
        internal static readonly bool Is = typeof(IJsonReadable).IsAssignableFrom(typeof(T));

        internal static readonly bool IsInteger = Type.GetTypeCode(Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T)) is
            >= TypeCode.SByte and <= TypeCode.UInt64;

        /// <summary>
        /// Whether the spec marks the type as lenient. Such a type has a converter, and a value that is not an object counts as absent.
        /// </summary>
        internal static readonly bool IsLenient = typeof(T).IsDefined(typeof(JsonConverterAttribute), inherit: false);
    }
}
