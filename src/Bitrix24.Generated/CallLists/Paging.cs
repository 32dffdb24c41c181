using System.Runtime.CompilerServices;

namespace Bitrix24.CallLists;

/// <summary>Reads pages that are counted by their rows.</summary>
internal static class Paging
{
    /// <remarks>
    /// A short page need not be the last one, and an empty one need not be either: a portal takes out of a page what the caller may not read. Two empty ones in a row are the end. Rows that were on the page before, because
    /// others have come in front of them, are passed over.
    /// </remarks>
    internal static async IAsyncEnumerable<T> ByOffset<T>(
        Func<long, CancellationToken, Task<IReadOnlyList<T>>> readPage,
        Func<T, long> idOf,
        int pageSize,
        Func<Exception> noProgress,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const int MaxPagesWithoutRows = 2;
        var before = new HashSet<long>();
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
            var rows = page.Where(row => !before.Contains(idOf(row))).ToList();
            repeated = rows.Count == 0 ? repeated + 1 : 0;
            if (repeated == MaxPagesWithoutRows)
            {
                throw noProgress();
            }

            foreach (var row in rows)
            {
                yield return row;
            }

            before = [.. page.Select(idOf)];
        }
    }
}
