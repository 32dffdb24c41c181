using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Serialization;

/// <summary>Converts a type whose JSON members are not identifiers, such as the conditions of a filter.</summary>
/// <typeparam name="T">The type.</typeparam>
internal abstract class JsonObjectConverter<T> : JsonConverter
    where T : class, new()
{
    public override bool CanConvert(Type objectType) => objectType == typeof(T);

    public override object? ReadJson(JsonReader reader, Type objectType, object? existingValue, JsonSerializer serializer)
    {
        if (reader.TokenType == JsonToken.Null)
        {
            return null;
        }

        var value = new T();
        MembersOf(value).Merge(JObject.Load(reader));
        return value;
    }

    public override void WriteJson(JsonWriter writer, object? value, JsonSerializer serializer) => MembersOf((T)value!).WriteTo(writer);

    protected abstract JObject MembersOf(T value);
}
