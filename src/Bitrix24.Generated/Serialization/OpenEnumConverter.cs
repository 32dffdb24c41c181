using Newtonsoft.Json;

namespace Bitrix24.Serialization;

/// <summary>Converts an open enum from and to its value on the wire. Generated types derive from this type.</summary>
/// <typeparam name="T">The open enum.</typeparam>
internal abstract class OpenEnumConverter<T> : JsonConverter
    where T : struct
{
    public override bool CanConvert(Type objectType) => objectType == typeof(T) || objectType == typeof(T?);

    public override object? ReadJson(JsonReader reader, Type objectType, object? existingValue, JsonSerializer serializer) => reader switch
    {
        { TokenType: JsonToken.String, Value: string value } => FromWire(value),
        { TokenType: JsonToken.Null } when objectType == typeof(T?) => null,
        _ => throw new JsonSerializationException($"{reader.Path} is not a string"),
    };

    public override void WriteJson(JsonWriter writer, object? value, JsonSerializer serializer) =>
        writer.WriteValue(value is T item ? ToWire(item) : null);

    protected abstract T FromWire(string value);

    protected abstract string? ToWire(T value);
}
