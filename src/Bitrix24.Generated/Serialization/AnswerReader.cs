using Newtonsoft.Json;

namespace Bitrix24;

/// <summary>
/// Reads an answer that is plainly a result, in one pass and without reflection; generated code calls it. Whatever is unusual, from an error to
/// a member that is given twice, makes no answer here: <see cref="Answer"/> looks at the whole text again, with the serializer, and decides.
/// </summary>
internal sealed class AnswerReader : IDisposable
{
    private static readonly DefaultJsonNameTable KnownNames = new();

    private readonly JsonTextReader json;
    private bool unusual;

    private AnswerReader(ResponseBody body)
    {
        json = Json.Reader(new Utf8Text(body));
        json.ArrayPool = CharacterPool.Instance;
        json.PropertyNameTable = KnownNames;
    }

    /// <summary>Reads the whole text. <see langword="null"/> when it is not plainly a result.</summary>
    internal static TResponse? TryRead<TResponse>(ResponseBody body)
        where TResponse : class, IResponse, new()
    {
        using var reader = new AnswerReader(body);
        try
        {
            if (!reader.json.Read() || reader.json.TokenType != JsonToken.StartObject)
            {
                return null;
            }

            var response = new TResponse();
            response.Read(reader);
            return reader.unusual || reader.json.Read() ? null : response;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Keeps names from being allocated again for each answer. Types call it once.</summary>
    internal static string[] Names(params string[] names)
    {
        lock (KnownNames)
        {
            return Array.ConvertAll(names, KnownNames.Add);
        }
    }

    /// <summary>Steps to the value of the next member and returns its name; <see langword="null"/> at the end of the object.</summary>
    internal string? Member()
    {
        if (unusual || !json.Read() || json.TokenType != JsonToken.PropertyName)
        {
            unusual |= json.TokenType != JsonToken.EndObject;
            return null;
        }

        var name = (string)json.Value!;
        json.Read();
        return name;
    }

    /// <summary>Passes over a member that the type does not have. The serializer would take one that differs in case only for that of the type.</summary>
    internal void Skip(string name, string[] names)
    {
        foreach (var known in names)
        {
            unusual |= string.Equals(name, known, StringComparison.OrdinalIgnoreCase);
        }

        json.Skip();
    }

    /// <summary>A required member is given, neither twice nor as null.</summary>
    internal bool Given(bool already)
    {
        unusual |= already || json.TokenType == JsonToken.Null;
        return true;
    }

    /// <summary>A required member has to have been given.</summary>
    internal void Require(bool given) => unusual |= !given;

    /// <summary>A member that this reader does not know how to read.</summary>
    internal void Unusual()
    {
        unusual = true;
        json.Skip();
    }

    internal long Integer(long minimum) => OptionalInteger(minimum).GetValueOrDefault();

    internal long? OptionalInteger(long minimum)
    {
        var value = Scalar.Integer(json);
        unusual |= value is null ? json.TokenType != JsonToken.Null : value < minimum;
        return value;
    }

    internal string Text() => OptionalText() ?? string.Empty;

    internal string? OptionalText()
    {
        unusual |= json.TokenType is not (JsonToken.String or JsonToken.Null);
        return json.Value as string;
    }

    internal bool True()
    {
        unusual |= json is not { TokenType: JsonToken.Boolean, Value: true };
        return true;
    }

    /// <summary>A member of a lenient type: what cannot be read counts as absent.</summary>
    internal double? LenientNumber() => Lenient(Scalar.Number(json));

    /// <inheritdoc cref="LenientNumber"/>
    internal long? LenientInteger() => Lenient(Scalar.Integer(json));

    /// <inheritdoc cref="LenientNumber"/>
    internal DateTimeOffset? LenientDate() => Lenient(Scalar.Date(json));

    /// <inheritdoc cref="LenientNumber"/>
    internal string? LenientText()
    {
        var text = Scalar.Text(json);
        json.Skip();
        return text;
    }

    internal IReadOnlyDictionary<string, T> Map<T>() => MapConverter<T>.Read(json, Json.Serializer);

    internal IReadOnlyList<T> List<T>(IReadOnlyList<T>? current = null)
    {
        var list = new List<T>();
        unusual |= current is not null || json.TokenType != JsonToken.StartArray;
        while (!unusual && json.Read() && json.TokenType != JsonToken.EndArray)
        {
            list.Add(Value<T>()!);
        }

        unusual |= json.TokenType != JsonToken.EndArray;
        return list;
    }

    /// <summary>An object of a type that reads itself; what is of another type is left to the serializer.</summary>
    internal T? Value<T>(T? current = default)
    {
        unusual |= current is not null;
        if (!typeof(IReadable).IsAssignableFrom(typeof(T)))
        {
            return Json.Serializer.Deserialize<T>(json);
        }

        if (json.TokenType != JsonToken.StartObject)
        {
            unusual |= json.TokenType != JsonToken.Null;
            json.Skip();
            return default;
        }

        var value = Activator.CreateInstance<T>();
        ((IReadable)value!).Read(this);
        return value;
    }

    public void Dispose() => json.Close();

    private T? Lenient<T>(T? value)
        where T : struct
    {
        json.Skip();
        return value;
    }
}
