using Newtonsoft.Json;

namespace Bitrix24.Serialization;

/// <summary>Reads the result of a method that returns only <c>true</c>.</summary>
internal sealed class TrueOnlyConverter : JsonConverter
{
    public override bool CanWrite => false;

    public override bool CanConvert(Type objectType) => objectType == typeof(bool);

    public override object? ReadJson(JsonReader reader, Type objectType, object? existingValue, JsonSerializer serializer) =>
        reader is { TokenType: JsonToken.Boolean, Value: true } ? true : throw new JsonSerializationException($"{reader.Path} is not true");

    public override void WriteJson(JsonWriter writer, object? value, JsonSerializer serializer) => throw new NotSupportedException();
}
