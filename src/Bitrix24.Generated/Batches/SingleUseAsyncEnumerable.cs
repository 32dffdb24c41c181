namespace Bitrix24.Batches;

/// <summary>Can be enumerated once: a second time all requests would be sent again.</summary>
internal sealed class SingleUseAsyncEnumerable<T>(IAsyncEnumerable<T> source) : IAsyncEnumerable<T>
{
    private int enumerated;

    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        Interlocked.Exchange(ref enumerated, 1) == 0
            ? source.GetAsyncEnumerator(cancellationToken)
            : throw new InvalidOperationException(
                "The outcomes can be enumerated once, because a second time all requests would be sent again. Keep them in a list.");
}
