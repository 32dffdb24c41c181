using Newtonsoft.Json;

namespace Bitrix24.Serialization;

/// <summary>Converts a boolean from and to one of the numbers 1 and 0.</summary>
internal sealed class ZeroOneBooleanConverter : JsonConverter
{
    public override bool CanConvert(Type objectType) => objectType == typeof(bool) || objectType == typeof(bool?);

    public override object? ReadJson(JsonReader reader, Type objectType, object? existingValue, JsonSerializer serializer) => reader switch
    {
        { TokenType: JsonToken.Null } when objectType == typeof(bool?) => null,
        { TokenType: JsonToken.Boolean, Value: bool value } => value,
        { TokenType: JsonToken.Integer, Value: 0L } => false,
        { TokenType: JsonToken.Integer, Value: 1L } => true,
        _ => throw new JsonSerializationException($"{reader.Path} is not a boolean, 0 or 1"),
    };

    public override void WriteJson(JsonWriter writer, object? value, JsonSerializer serializer) =>
        writer.WriteValue(value is bool boolean ? boolean ? 1 : 0 : null);
}
