using Newtonsoft.Json;

namespace Bitrix24.Serialization;

/// <summary>Reads a member of a type that the spec marks as lenient. A value that cannot be read counts as absent.</summary>
internal sealed class LenientScalarConverter : JsonConverter
{
    public override bool CanWrite => false;

    public override bool CanConvert(Type objectType) =>
        objectType == typeof(double?)
        || objectType == typeof(long?)
        || objectType == typeof(bool?)
        || objectType == typeof(DateTimeOffset?)
        || objectType == typeof(string);

    public override object? ReadJson(JsonReader reader, Type objectType, object? existingValue, JsonSerializer serializer)
    {
        object? value = objectType == typeof(double?) ? JsonScalar.Number(reader)
            : objectType == typeof(long?) ? JsonScalar.Integer(reader)
            : objectType == typeof(string) ? JsonScalar.Text(reader)
            : objectType == typeof(bool?) ? JsonScalar.Boolean(reader)
            : JsonScalar.Date(reader);
        reader.Skip();
        return value;
    }

    public override void WriteJson(JsonWriter writer, object? value, JsonSerializer serializer) => throw new NotSupportedException();
}
