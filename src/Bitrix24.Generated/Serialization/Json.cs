using System.Globalization;
using Newtonsoft.Json;

namespace Bitrix24.Serialization;

/// <summary>Provides the JSON settings of this client. They are independent of the default settings of the application.</summary>
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
