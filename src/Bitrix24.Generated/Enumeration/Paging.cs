using System.Runtime.CompilerServices;

namespace Bitrix24.Enumeration;

/// <summary>Reads pages by offset where the portal sends neither a total nor the offset of the next page.</summary>
internal static class Paging
{
    /// <remarks>
    /// A short page need not be the last one, and neither need an empty one: a portal removes the rows that the caller may not read from a page.
    /// Two empty pages in a row are the end.
    /// </remarks>
    internal static async IAsyncEnumerable<T> EnumerateByOffset<T>(
        Func<long, CancellationToken, Task<IReadOnlyList<T>>> readPage,
        Func<T, long> idOf,
        int pageSize,
        Func<Exception> noProgress,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        const int MaxEmptyPages = 2;
        var newRows = new NewRows<T>(idOf, noProgress);
        var emptyPages = 0;
        for (long start = 0; emptyPages < MaxEmptyPages; start += pageSize)
        {
            var page = await readPage(start, cancellationToken).ConfigureAwait(false);
            emptyPages =
                page.Count > 0 ? 0
                : start == 0 ? MaxEmptyPages
                : emptyPages + 1;
            foreach (var row in newRows.Of(page))
            {
                yield return row;
            }
        }
    }
}
