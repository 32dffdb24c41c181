using System.Globalization;
using Newtonsoft.Json;

namespace Bitrix24.Serialization;

/// <summary>How this client reads and writes JSON. Settings that an application makes for itself do not count here.</summary>
internal static class Json
{
    internal const int MaxDepth = 64;

    internal static readonly JsonSerializer Serializer = JsonSerializer.Create(new JsonSerializerSettings
    {
        ContractResolver = new ContractResolver(),
        Converters = { new PhpDictionaryConverterFactory() },
        Culture = CultureInfo.InvariantCulture,
        DateParseHandling = DateParseHandling.None,
        FloatParseHandling = FloatParseHandling.Double,
        MaxDepth = MaxDepth,
        MetadataPropertyHandling = MetadataPropertyHandling.Ignore,
        TypeNameHandling = TypeNameHandling.None,
    });

    internal static JsonTextReader Reader(TextReader text) => new(text)
    {
        Culture = CultureInfo.InvariantCulture,
        DateParseHandling = DateParseHandling.None,
        FloatParseHandling = FloatParseHandling.Double,
        MaxDepth = MaxDepth,
    };
}
