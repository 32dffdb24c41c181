namespace Bitrix24;

/// <summary>The error catalogue of the spec; the rows are generated.</summary>
internal static partial class ErrorCatalogue
{
    private static readonly Dictionary<string, ErrorCatalogueRow> ByReceivedCode = Index();

    /// <summary>Finds the row of a code as a portal sent it: case, surrounding blanks and a final dot do not count.</summary>
    internal static ErrorCatalogueRow? Find(string? receivedCode) =>
        receivedCode is not null && ByReceivedCode.TryGetValue(Normalize(receivedCode), out var row) ? row : null;

    private static Dictionary<string, ErrorCatalogueRow> Index()
    {
        var index = new Dictionary<string, ErrorCatalogueRow>(StringComparer.OrdinalIgnoreCase);
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

    private static string Normalize(string code) => code.Trim().TrimEnd('.').TrimEnd();
}
