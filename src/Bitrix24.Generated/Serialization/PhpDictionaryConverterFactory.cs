using System.Collections.Concurrent;
using Newtonsoft.Json;

namespace Bitrix24.Serialization;

/// <summary>
/// Reads the maps of a response that no attribute can mark, for example in a list. PHP can write each of them as a list.
/// </summary>
internal sealed class PhpDictionaryConverterFactory : JsonConverter
{
    private static readonly ConcurrentDictionary<Type, JsonConverter> Converters = new();

    public override bool CanWrite => false;

    public override bool CanConvert(Type objectType) =>
        objectType.IsGenericType
        && objectType.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>)
        && objectType.GetGenericArguments()[0] == typeof(string);

    public override object? ReadJson(JsonReader reader, Type objectType, object? existingValue, JsonSerializer serializer) =>
        reader.TokenType == JsonToken.Null
            ? null
            : Converters.GetOrAdd(objectType, ConverterOf).ReadJson(reader, objectType, existingValue, serializer);

    public override void WriteJson(JsonWriter writer, object? value, JsonSerializer serializer) => throw new NotSupportedException();

    private static JsonConverter ConverterOf(Type map) =>
        (JsonConverter)Activator.CreateInstance(typeof(PhpDictionaryConverter<>).MakeGenericType(map.GetGenericArguments()[1]))!;
}
