using Newtonsoft.Json.Linq;

namespace Bitrix24.Enumeration;

/// <summary>
/// Finds out whether a portal sends the same page again and again where the rows have no ids. Equal rows may be different items, so none is
/// removed.
/// </summary>
internal sealed class SamePages(Func<Exception> noProgress)
{
    private const int MaxRepeatedPages = 1;

    private JArray previous = [];
    private int repeatedPages;

    /// <param name="rows">The rows of the next page.</param>
    /// <param name="isBounded">Whether a total ends the enumeration: then a page of rows that all equal each other proves nothing.</param>
    internal void Check(IReadOnlyList<JToken> rows, bool isBounded)
    {
        var page = new JArray(rows);
        var isConclusive = !isBounded || rows.Skip(1).Any(row => !JToken.DeepEquals(row, rows[0]));
        repeatedPages = rows.Count > 0 && isConclusive && JToken.DeepEquals(page, previous) ? repeatedPages + 1 : 0;
        if (repeatedPages > MaxRepeatedPages)
        {
            throw noProgress();
        }

        previous = page;
    }
}
