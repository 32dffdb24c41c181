namespace Bitrix24.Operations;

/// <summary>The names of REST methods. Portals read them without regard to case.</summary>
internal static class MethodName
{
    internal const string Batch = "batch";

    private const string JsonSuffix = ".json";
    private const string XmlSuffix = ".xml";

    private static readonly string[] ReadWords = ["get", "list", "fields", "search", "types", "current", "statuslist", "count", "info"];

    /// <summary>
    /// Returns whether a text can be the name of a method: letters, digits and <c>. _ -</c>. The suffix <c>.xml</c> asks for a response that
    /// this client cannot read.
    /// </summary>
    internal static bool IsValid(string name)
    {
        if (name.EndsWith(XmlSuffix, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        return name.Split('.').All(part => part.Length > 0 && part.All(IsAllowed));

        static bool IsAllowed(char character) =>
            character is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_' or '-';
    }

    /// <summary>Removes the suffix <c>.json</c>: it names the format of the response, not another method.</summary>
    internal static string WithoutSuffix(string name) =>
        name.EndsWith(JsonSuffix, StringComparison.OrdinalIgnoreCase) ? name.Substring(0, name.Length - JsonSuffix.Length) : name;

    internal static bool IsBatch(string name) => WithoutSuffix(name).Equals(Batch, StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns whether the last part of a name says that the method only reads.</summary>
    internal static bool IsReadLike(string name)
    {
        var last = name.Substring(name.LastIndexOf('.') + 1);
        return ReadWords.Contains(last, StringComparer.OrdinalIgnoreCase);
    }
}
