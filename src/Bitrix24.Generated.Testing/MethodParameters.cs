using System.Globalization;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Testing;

/// <summary>Reads the parameters of a method. Like a real portal, it ignores the case of their names, but not of the names within them.</summary>
internal sealed class MethodParameters
{
    private readonly Dictionary<string, JToken> values = new(StringComparer.OrdinalIgnoreCase);

    internal MethodParameters(JObject parameters)
    {
        foreach (var parameter in parameters.Properties())
        {
            values[parameter.Name] = parameter.Value;
        }
    }

    /// <summary>Gets the value of a parameter, or <see langword="null"/> if it is missing or null.</summary>
    internal JToken? this[string name] => values.TryGetValue(name, out var value) && value.Type != JTokenType.Null ? value : null;

    /// <summary>Gets a parameter as text. Empty if it is missing or not a single value.</summary>
    internal string Text(string name) => this[name] is JValue value ? value.ToString(CultureInfo.InvariantCulture) : string.Empty;

    /// <summary>Gets a map. Empty if the parameter is missing or something else.</summary>
    internal JObject Map(string name) => this[name] as JObject ?? [];

    /// <summary>Gets the texts of a list or of the values of a map. Empty if the parameter is missing or a single value.</summary>
    internal string[] Texts(string name) =>
        this[name] is JContainer list ? [.. list.Values().OfType<JValue>().Select(value => value.ToString(CultureInfo.InvariantCulture))] : [];

    /// <summary>Gets an id from a number or a string of digits. Returns 0, which does not exist, for anything else.</summary>
    internal long Id(string name) => IdOf(this[name]);

    internal PortalError? Missing(string name) =>
        this[name] is null ? new PortalError(400, "ERROR_ARGUMENT", name + " is not found") : null;

    /// <summary>Returns an id from a number or a string of digits. Returns 0, which does not exist, for anything else.</summary>
    internal static long IdOf(JToken? token) =>
        token is JValue value
            && long.TryParse(value.ToString(CultureInfo.InvariantCulture), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : 0;

    /// <summary>Returns a whole number, or <see langword="null"/> if the token is something else.</summary>
    internal static long? NumberOf(JToken? token)
    {
        var text = token?.ToString();
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
