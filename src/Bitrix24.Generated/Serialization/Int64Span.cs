#if NET
using System.Runtime.InteropServices;
#endif

namespace Bitrix24.Serialization;

/// <summary>
/// Provides the integers of a list as a span: its own memory if accessible, else a copy. A virtual call for each integer would be slower.
/// </summary>
internal readonly ref struct Int64Span
{
    private readonly long[]? rented;

    internal Int64Span(IReadOnlyList<long> values)
    {
        switch (values)
        {
            case long[] array:
                Span = array;
                return;
#if NET
            case List<long> list:
                Span = CollectionsMarshal.AsSpan(list);
                return;
#endif
        }

        var count = values.Count;
        rented = SharedBuffer.Rent<long>(count);
        Span = rented.AsSpan(0, count);
        if (values is ICollection<long> collection)
        {
            collection.CopyTo(rented, 0);
            return;
        }

        for (var index = 0; index < count; index++)
        {
            rented[index] = values[index];
        }
    }

    internal ReadOnlySpan<long> Span { get; }

    public void Dispose()
    {
        if (rented is not null)
        {
            SharedBuffer.Return(rented, used: 0);
        }
    }
}
