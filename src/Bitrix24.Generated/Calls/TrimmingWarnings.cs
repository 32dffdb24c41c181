namespace Bitrix24.Calls;

/// <summary>The warnings for applications that are trimmed.</summary>
internal static class TrimmingWarnings
{
    internal const string AnyType =
        "Trimming may remove properties of the types of parameters and results. Pass JObject or dictionaries, read JToken, or keep the types.";
}
