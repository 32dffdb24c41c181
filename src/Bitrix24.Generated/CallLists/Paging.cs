using System.Runtime.CompilerServices;

namespace Bitrix24.CallLists;

/// <summary>Enumerates rows of pages that are read by offset.</summary>
internal static class Paging
{
    /// <remarks>
    /// A short or empty page is not necessarily the last one, because a portal removes rows that the caller cannot read. Two empty pages in
    /// a row are the end. Rows of the previous page are skipped: they appear again if new rows were inserted before them.
    /// </remarks>
    internal static async IAsyncEnumerable<T> EnumerateByOffset<T>(
        Func<long, CancellationToken, Task<IReadOnlyList<T>>> readPage,
        Func<T, long> idOf,
        int pageSize,
        Func<Exception> noProgress,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const int MaxPagesWithoutRows = 2;
        var previous = new HashSet<long>();
        var empty = 0;
        var repeated = 0;
        for (long start = 0; empty < MaxPagesWithoutRows; start += pageSize)
        {
            var page = await readPage(start, cancellationToken).ConfigureAwait(false);
            if (page.Count == 0)
            {
                empty = start == 0 ? MaxPagesWithoutRows : empty + 1;
                continue;
            }

            empty = 0;
            var rows = page.Where(row => !previous.Contains(idOf(row))).ToList();
            repeated = rows.Count == 0 ? repeated + 1 : 0;
            if (repeated == MaxPagesWithoutRows)
            {
                throw noProgress();
            }

            foreach (var row in rows)
            {
                yield return row;
            }

            previous = [.. page.Select(idOf)];
        }
    }
}
