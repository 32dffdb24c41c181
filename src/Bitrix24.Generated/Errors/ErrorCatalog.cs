namespace Bitrix24.Errors;

/// <summary>Represents the error catalog of the spec. The rows are generated.</summary>
internal static partial class ErrorCatalog
{
    private const string Rest3Prefix = "BITRIX_REST_V3_";
    private const string Exception = "EXCEPTION";

    private static readonly Dictionary<string, ErrorCatalogRow> ByReceivedCode = Index();

    /// <summary>
    /// Returns the row of a code as a portal sent it. The comparison ignores case, surrounding white space, a final dot, and the prefix and
    /// suffix of REST 3.0.
    /// </summary>
    internal static ErrorCatalogRow? Find(string? receivedCode) =>
        receivedCode is not null && ByReceivedCode.TryGetValue(Normalize(receivedCode), out var row) ? row : null;

    private static Dictionary<string, ErrorCatalogRow> Index()
    {
        var index = new Dictionary<string, ErrorCatalogRow>(StringComparer.OrdinalIgnoreCase);
        foreach (var row in AllRows())
        {
            index.Add(Normalize(row.WireCode), row);
            foreach (var alias in row.Aliases)
            {
                index.Add(Normalize(alias), row);
            }
        }

        return index;
    }

    private static string Normalize(string code) => NameOf(code.Trim().TrimEnd('.').TrimEnd());

    /// <summary>
    /// A code of REST 3.0 is the name of an exception with its namespace. BITRIX_REST_V3_EXCEPTION_INVALIDFILTEREXCEPTION has the name
    /// INVALIDFILTER. Portals also send the name without the namespace.
    /// </summary>
    private static string NameOf(string code)
    {
        if (code.StartsWith(Rest3Prefix, StringComparison.OrdinalIgnoreCase)
            && code.IndexOf(Exception, Rest3Prefix.Length, StringComparison.OrdinalIgnoreCase) is >= 0 and var space
            && code.IndexOf('_', space) is >= 0 and var end)
        {
            code = code.Substring(end + 1);
        }

        return code.Length > Exception.Length && code.EndsWith(Exception, StringComparison.OrdinalIgnoreCase)
            ? code.Substring(0, code.Length - Exception.Length)
            : code;
    }
}
