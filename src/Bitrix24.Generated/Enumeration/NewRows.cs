namespace Bitrix24.Enumeration;

/// <summary>
/// Removes the rows of a page that were on the page before: rows move by an offset when others come before them. Pages that hold nothing new
/// are an error: reading on would never end.
/// </summary>
internal sealed class NewRows<T>(Func<T, long> idOf, Func<Exception> noProgress)
{
    private const int MaxRepeatedPages = 1;

    private HashSet<long> previous = [];
    private int repeatedPages;

    internal List<T> Of(IReadOnlyList<T> page)
    {
        var rows = page.Where(row => !previous.Contains(idOf(row))).ToList();
        repeatedPages = rows.Count == 0 && page.Count > 0 ? repeatedPages + 1 : 0;
        if (repeatedPages > MaxRepeatedPages)
        {
            throw noProgress();
        }

        if (page.Count > 0)
        {
            previous = [.. page.Select(idOf)];
        }

        return rows;
    }
}
