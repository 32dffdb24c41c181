using Newtonsoft.Json;

namespace Bitrix24.Serialization;

/// <summary>Reads a type of the spec when the serializer encounters it, for example in a map.</summary>
/// <param name="isLenient">Whether a value that is not an object counts as absent.</param>
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
                ?? throw new JsonSerializationException($"{reader.Path} does not match the spec");
        }

        if (!isLenient && reader.TokenType != JsonToken.Null)
        {
            throw new JsonSerializationException($"{reader.Path} is not an object");
        }

        reader.Skip();
        return null;
    }

    public override void WriteJson(JsonWriter writer, object? value, JsonSerializer serializer) => throw new NotSupportedException();
}
