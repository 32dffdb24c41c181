using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Testing;

/// <summary>Converts values to JSON with settings that the application cannot change.</summary>
internal static class PortalJson
{
    // JsonSerializer.Create ignores JsonConvert.DefaultSettings. JsonSerializer.CreateDefault would apply them.
    private static readonly JsonSerializer Serializer = JsonSerializer.Create(new JsonSerializerSettings());

    internal static JToken ToToken(object? value) => value switch
    {
        null => JValue.CreateNull(),
        JToken token => token,
        _ => JToken.FromObject(value, Serializer),
    };
}
