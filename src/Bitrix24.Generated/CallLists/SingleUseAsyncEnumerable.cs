namespace Bitrix24.CallLists;

/// <summary>Represents a sequence that can be enumerated once, because a second enumeration would send everything again.</summary>
internal sealed class SingleUseAsyncEnumerable<T>(IAsyncEnumerable<T> source) : IAsyncEnumerable<T>
{
    private int enumerated;

    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        Interlocked.Exchange(ref enumerated, 1) == 0
            ? source.GetAsyncEnumerator(cancellationToken)
            : throw new InvalidOperationException(
                "The outcomes can be enumerated once, because a second enumeration would create everything again. Store them in a list.");
}
