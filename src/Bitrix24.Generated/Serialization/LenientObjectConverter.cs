using Newtonsoft.Json;

namespace Bitrix24.Serialization;

/// <summary>Reads a type that the spec marks as lenient. A value that is not an object counts as absent.</summary>
/// <typeparam name="T">The type.</typeparam>
internal sealed class LenientObjectConverter<T> : JsonConverter
    where T : class, new()
{
    public override bool CanWrite => false;

    public override bool CanConvert(Type objectType) => objectType == typeof(T);

    public override object? ReadJson(JsonReader reader, Type objectType, object? existingValue, JsonSerializer serializer)
    {
        if (reader.TokenType != JsonToken.StartObject)
        {
            reader.Skip();
            return null;
        }

        var value = new T();
        serializer.Populate(reader, value);
        return value;
    }

    public override void WriteJson(JsonWriter writer, object? value, JsonSerializer serializer) => throw new NotSupportedException();
}
