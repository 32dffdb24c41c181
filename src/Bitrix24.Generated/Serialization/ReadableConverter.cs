using Newtonsoft.Json;

namespace Bitrix24.Serialization;

/// <summary>Reads a type that reads itself where the serializer comes upon it, in a map for example.</summary>
/// <param name="isLenient">Whether what is no object counts as absent.</param>
internal sealed class ReadableConverter(bool isLenient) : JsonConverter
{
    internal static ReadableConverter Strict { get; } = new(isLenient: false);

    internal static ReadableConverter Lenient { get; } = new(isLenient: true);

    public override bool CanWrite => false;

    public override bool CanConvert(Type objectType) => typeof(IReadable).IsAssignableFrom(objectType);

    public override object? ReadJson(JsonReader reader, Type objectType, object? existingValue, JsonSerializer serializer)
    {
        if (reader.TokenType == JsonToken.StartObject)
        {
            return AnswerReader.TryFill(reader, (IReadable)Activator.CreateInstance(objectType)!, serializer)
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
