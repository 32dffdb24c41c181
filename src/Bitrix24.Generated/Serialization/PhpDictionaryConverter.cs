using System.Globalization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Serialization;

/// <summary>Reads a map as PHP writes it: a list if it is empty or has the keys 0 to n. Null values count as absent.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
internal sealed class PhpDictionaryConverter<T> : JsonConverter
{
    public override bool CanWrite => false;

    public override bool CanConvert(Type objectType) => objectType == typeof(IReadOnlyDictionary<string, T>);

    public override object ReadJson(JsonReader reader, Type objectType, object? existingValue, JsonSerializer serializer) =>
        Read(reader, serializer);

    public override void WriteJson(JsonWriter writer, object? value, JsonSerializer serializer) => throw new NotSupportedException();

    internal static IReadOnlyDictionary<string, T> Read(JsonReader reader, JsonSerializer serializer)
    {
        var map = new Dictionary<string, T>(StringComparer.Ordinal);
        switch (reader.TokenType)
        {
            case JsonToken.StartObject:
                while (reader.Read() && reader.TokenType == JsonToken.PropertyName)
                {
                    var key = (string)reader.Value!;
                    reader.Read();
                    Add(map, key, reader, serializer);
                }

                break;
            case JsonToken.StartArray:
                for (var index = 0; reader.Read() && reader.TokenType != JsonToken.EndArray; index++)
                {
                    Add(map, index.ToString(CultureInfo.InvariantCulture), reader, serializer);
                }

                break;
            default:
                if (typeof(T) == typeof(JToken))
                {
                    throw new JsonSerializationException($"{reader.Path} is not a map");
                }

                // Counts as empty: the data of the commands is then missing.
                break;
        }

        return map;
    }

    /// <summary>Adds a value. A repeated key is an error, because it is unknown which value is valid.</summary>
    private static void Set(Dictionary<string, T> map, string key, T value, JsonReader reader)
    {
        if (map.ContainsKey(key))
        {
            throw new JsonSerializationException($"{reader.Path} is repeated");
        }

        map.Add(key, value);
    }

    private static void Add(Dictionary<string, T> map, string key, JsonReader reader, JsonSerializer serializer)
    {
        if (typeof(T) == typeof(long))
        {
            // Counts are informational: a value that cannot be read counts as absent and does not fail the call.
            if (JsonScalar.Integer(reader) is { } number)
            {
                Set(map, key, (T)(object)number, reader);
            }

            reader.Skip();
            return;
        }

        // A null result is a result.
        if (reader.TokenType != JsonToken.Null || typeof(T) == typeof(JToken))
        {
            Set(map, key, serializer.Deserialize<T>(reader) ?? Activator.CreateInstance<T>(), reader);
        }
    }
}
