using System.Globalization;
using Newtonsoft.Json;

namespace Bitrix24.Serialization;

/// <summary>Reads an integer that a portal sends as a number or as a string of digits.</summary>
/// <param name="minimum">The minimum of the spec.</param>
internal sealed class IntegerConverter(long minimum) : JsonConverter
{
    public override bool CanWrite => false;

    public override bool CanConvert(Type objectType) => objectType == typeof(long) || objectType == typeof(long?);

    public override object? ReadJson(JsonReader reader, Type objectType, object? existingValue, JsonSerializer serializer)
    {
        if (reader.TokenType == JsonToken.Null && objectType == typeof(long?))
        {
            return null;
        }

        if (JsonScalar.Integer(reader) is not { } value)
        {
            throw new JsonSerializationException($"{reader.Path} is not an integer");
        }

        return value >= minimum
            ? value
            : throw new JsonSerializationException($"{reader.Path} is less than {minimum.ToString(CultureInfo.InvariantCulture)}");
    }

    public override void WriteJson(JsonWriter writer, object? value, JsonSerializer serializer) => throw new NotSupportedException();
}
