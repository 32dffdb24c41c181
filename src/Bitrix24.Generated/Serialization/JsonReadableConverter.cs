using Newtonsoft.Json;

namespace Bitrix24.Serialization;

/// <summary>Reads a type that reads itself where the serializer comes upon it, in a map for example.</summary>
/// <param name="isLenient">Whether what is no object counts as absent.</param>
internal sealed class JsonReadableConverter(bool isLenient) : JsonConverter
{
    internal static JsonReadableConverter Strict { get; } = new(isLenient: false);

    internal static JsonReadableConverter Lenient { get; } = new(isLenient: true);

    public override bool CanWrite => false;

    public override bool CanConvert(Type objectType) => typeof(IJsonReadable).IsAssignableFrom(objectType);

    public override object? ReadJson(JsonReader reader, Type objectType, object? existingValue, JsonSerializer serializer)
    {
        if (reader.TokenType == JsonToken.StartObject)
        {
            return ResponseReader.TryFill(reader, (IJsonReadable)Activator.CreateInstance(objectType)!, serializer)
                ?? throw new JsonSerializationException($"{reader.Path} is not what the spec says");
        }

        if (!isLenient && reader.TokenType != JsonToken.Null)
        {
            throw new JsonSerializationException($"{reader.Path} is no object");
        }

        reader.Skip();
        return null;
    }

    public override void WriteJson(JsonWriter writer, object? value, JsonSerializer serializer) => throw new NotSupportedException();
}
