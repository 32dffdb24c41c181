using Newtonsoft.Json;

namespace Bitrix24.Serialization;

/// <summary>
/// Reads a response, or an object in one, without reflection; generated code calls it. It takes what the types of the spec allow, and
/// nothing else: no member that is given twice, and none whose name differs from a known one in case only.
/// </summary>
/// <param name="json">Stands on the start of the object.</param>
/// <param name="serializer">Reads what is of another type.</param>
internal sealed class ResponseReader(JsonReader json, JsonSerializer serializer)
{
    private bool unreadable;

    /// <summary>Gets the path of the value that the reader is at.</summary>
    internal string Path => json.Path;

    /// <summary>Reads the whole text. <see langword="null"/> when it is no response of this type.</summary>
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

    /// <summary>Reads an object into a new value; <see langword="null"/> when it is none of this type.</summary>
    internal static T? TryFill<T>(JsonReader json, T value, JsonSerializer serializer)
        where T : class, IJsonReadable
    {
        var reader = new ResponseReader(json, serializer);
        value.Read(reader);
        return reader.unreadable ? null : value;
    }

    /// <summary>Keeps names from being allocated again for each response. Types call it once.</summary>
    internal static string[] Names(params string[] names)
    {
        Array.ForEach(names, KnownNames.Add);
        return names;
    }

    /// <summary>Steps to the value of the next member and returns its name; <see langword="null"/> at the end of the object.</summary>
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
    /// Skips a member that the type does not have. A known name in another case is refused, and so is an error, unless it is null.
    /// </summary>
    internal void Skip(string name, string[] names)
    {
        foreach (var known in names)
        {
            unreadable |= string.Equals(name, known, StringComparison.OrdinalIgnoreCase)
                && !(name == known && json.TokenType == JsonToken.Null);
        }

        Skip();
    }

    /// <summary>A required member is given, neither twice nor as null.</summary>
    internal bool MarkPresent(bool already)
    {
        unreadable |= already || json.TokenType == JsonToken.Null;
        return true;
    }

    /// <summary>A member may be left out, but is not null.</summary>
    internal void NotNull() => unreadable |= json.TokenType == JsonToken.Null;

    /// <summary>A required member has to have been given.</summary>
    internal void RequirePresent(bool given) => unreadable |= !given;

    internal long Integer(long minimum) => OptionalInteger(minimum).GetValueOrDefault();

    internal long? OptionalInteger(long minimum)
    {
        var value = JsonScalar.Integer(json);
        unreadable |= value is null ? json.TokenType != JsonToken.Null : value < minimum;
        return value;
    }

    internal string Text() => OptionalText() ?? string.Empty;

    /// <summary>Portals send some texts that are digits as numbers.</summary>
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

    /// <summary>The value of an open enum, which is a text only.</summary>
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

    /// <summary>A yes or no that may be one of the numbers 1 and 0 on the wire.</summary>
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

    /// <summary>A member of a lenient type: what cannot be read counts as absent.</summary>
    internal double? LenientNumber() => Lenient(JsonScalar.Number(json));

    /// <inheritdoc cref="LenientNumber"/>
    internal long? LenientInteger() => Lenient(JsonScalar.Integer(json));

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

    /// <summary>An object of a type that reads itself; what is of another type is left to the serializer.</summary>
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

        /// <summary>Whether the spec marks the type lenient: it has a converter then, and what is no object counts as absent.</summary>
        internal static readonly bool IsLenient = typeof(T).IsDefined(typeof(JsonConverterAttribute), inherit: false);
    }
}
