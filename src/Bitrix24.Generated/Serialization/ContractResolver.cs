using System.Reflection;
using Newtonsoft.Json;
using Newtonsoft.Json.Serialization;

namespace Bitrix24.Serialization;

/// <summary>
/// Uses the generated readers for types of the spec and writes values of System.Text.Json as JSON. Supports the attributes of
/// System.Text.Json for names and ignored properties. Any other attribute of it that changes the JSON causes an exception, because the JSON
/// would differ from what the type specifies.
/// </summary>
internal sealed class ContractResolver : DefaultContractResolver
{
    private const string Namespace = "System.Text.Json.Serialization";
    private const BindingFlags AllMembers = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    // The values of JsonIgnoreCondition.
    private const int Always = 1;
    private const int WhenWritingDefault = 2;
    private const int WhenWritingNull = 3;
    private const int WhenWriting = 4;
    private const int WhenReading = 5;

    protected override JsonConverter? ResolveContractConverter(Type objectType)
    {
        var converter = base.ResolveContractConverter(objectType);
        if (typeof(IJsonReadable).IsAssignableFrom(objectType))
        {
            // A type of the spec with a converter is lenient.
            return converter is null ? JsonReadableConverter.Strict : JsonReadableConverter.Lenient;
        }

        return converter ?? (SystemTextJsonConverter.Instance.CanConvert(objectType) ? SystemTextJsonConverter.Instance : null);
    }

    protected override JsonContract CreateContract(Type objectType)
    {
        ThrowIfUnsupported(objectType, objectType);
        return base.CreateContract(objectType);
    }

    protected override JsonObjectContract CreateObjectContract(Type objectType)
    {
        foreach (var member in objectType.GetMembers(AllMembers))
        {
            ThrowIfUnsupported(member, objectType);
        }

        return base.CreateObjectContract(objectType);
    }

    protected override JsonProperty CreateProperty(MemberInfo member, MemberSerialization memberSerialization)
    {
        var property = base.CreateProperty(member, memberSerialization);
        foreach (var attribute in CustomAttributeData.GetCustomAttributes(member))
        {
            switch (NameOf(attribute))
            {
                case "JsonPropertyNameAttribute" when member.GetCustomAttribute<JsonPropertyAttribute>()?.PropertyName is null:
                    property.PropertyName = (string)attribute.ConstructorArguments[0].Value!;
                    break;
                case "JsonIgnoreAttribute":
                    Omit(property, ConditionOf(attribute));
                    break;
            }
        }

        return property;
    }

    private static void Omit(JsonProperty property, int condition)
    {
        switch (condition)
        {
            case Always:
                property.Ignored = true;
                break;
            case WhenWritingDefault:
                property.DefaultValueHandling = DefaultValueHandling.Ignore;
                break;
            case WhenWritingNull:
                property.NullValueHandling = NullValueHandling.Ignore;
                break;
            case WhenWriting:
                property.ShouldSerialize = _ => false;
                break;
            case WhenReading:
                property.ShouldDeserialize = _ => false;
                break;
        }
    }

    private static int ConditionOf(CustomAttributeData attribute)
    {
        foreach (var argument in attribute.NamedArguments)
        {
            return (int)argument.TypedValue.Value!;
        }

        return Always;
    }

    private static void ThrowIfUnsupported(MemberInfo member, Type type)
    {
        foreach (var attribute in CustomAttributeData.GetCustomAttributes(member))
        {
            var changesJson = NameOf(attribute) switch
            {
                // An equivalent attribute of Newtonsoft.Json replaces it.
                "JsonConverterAttribute" => member.GetCustomAttribute<JsonConverterAttribute>() is null,
                "JsonExtensionDataAttribute" => member.GetCustomAttribute<JsonExtensionDataAttribute>() is null,
                "JsonIncludeAttribute" => !IsPublic(member) && member.GetCustomAttribute<JsonPropertyAttribute>() is null,
                "JsonDerivedTypeAttribute" or "JsonPolymorphicAttribute" => true,
                _ => false,
            };
            if (changesJson)
            {
                var name = attribute.AttributeType.Name.Replace("Attribute", string.Empty);
                throw new JsonSerializationException(
                    $"{type.Name} has the attribute {name} of System.Text.Json, which is not supported. "
                    + "Pass JsonSerializer.SerializeToElement(value) instead of the value.");
            }
        }
    }

    private static bool IsPublic(MemberInfo member) => member switch
    {
        FieldInfo field => field.IsPublic,
        PropertyInfo property => property.GetMethod?.IsPublic == true,
        _ => true,
    };

    /// <summary>Returns the name of an attribute of System.Text.Json, which netstandard2.0 does not reference.</summary>
    private static string? NameOf(CustomAttributeData attribute)
    {
        for (var type = attribute.AttributeType; type is not null; type = type.BaseType)
        {
            if (type.Namespace == Namespace)
            {
                return type.Name;
            }
        }

        return null;
    }
}
