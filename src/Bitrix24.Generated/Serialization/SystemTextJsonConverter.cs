#if NET
using System.Text.Json;
using System.Text.Json.Nodes;
#else
using System.Reflection;
#endif
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using JsonSerializer = Newtonsoft.Json.JsonSerializer;

namespace Bitrix24.Serialization;

/// <summary>
/// Writes the values of System.Text.Json as the JSON that they contain. Newtonsoft.Json alone would write the properties of their types.
/// </summary>
internal sealed class SystemTextJsonConverter : JsonConverter
{
    private static readonly JsonLoadSettings Settings = new()
    {
        CommentHandling = CommentHandling.Ignore,
        DuplicatePropertyNameHandling = DuplicatePropertyNameHandling.Error,
    };

    internal static SystemTextJsonConverter Instance { get; } = new();

    public override bool CanRead => false;

    public override object ReadJson(JsonReader reader, Type objectType, object? existingValue, JsonSerializer serializer) =>
        throw new NotSupportedException();

    public override void WriteJson(JsonWriter writer, object? value, JsonSerializer serializer)
    {
        using var json = Json.Reader(new StringReader(TextOf(value!)));
        JToken.Load(json, Settings).WriteTo(writer);
    }

#if NET
    public override bool CanConvert(Type objectType) =>
        objectType == typeof(JsonElement) || objectType == typeof(JsonDocument) || typeof(JsonNode).IsAssignableFrom(objectType);

    private static string TextOf(object value) => value switch
    {
        JsonDocument document => TextOf(document.RootElement),
        JsonElement { ValueKind: JsonValueKind.Undefined } => throw Unset(),
        JsonElement element => element.GetRawText(),
        _ => ((JsonNode)value).ToJsonString(),
    };
#else
    // This target framework does not reference System.Text.Json, but an application can use it.
    public override bool CanConvert(Type objectType)
    {
        for (var type = objectType; type is not null; type = type.BaseType)
        {
            if (type.FullName is "System.Text.Json.JsonElement" or "System.Text.Json.JsonDocument" or "System.Text.Json.Nodes.JsonNode")
            {
                return true;
            }
        }

        return false;
    }

    private static string TextOf(object value)
    {
        var type = value.GetType();
        try
        {
            return type.FullName switch
            {
                "System.Text.Json.JsonDocument" => TextOf(type.GetProperty("RootElement")!.GetValue(value)!),
                "System.Text.Json.JsonElement" when $"{type.GetProperty("ValueKind")!.GetValue(value)}" == "Undefined" => throw Unset(),
                "System.Text.Json.JsonElement" => (string)type.GetMethod("GetRawText", Type.EmptyTypes)!.Invoke(value, null)!,
                _ => (string)Array.Find(type.GetMethods(), method => method.Name == "ToJsonString")!.Invoke(value, [null])!,
            };
        }
        catch (TargetInvocationException exception) when (exception.InnerException is not null)
        {
            throw exception.InnerException;
        }
    }
#endif

    private static JsonSerializationException Unset() => new("A JsonElement has no value. Leave it out.");
}
