#if NET
using System.Runtime.InteropServices;
#endif

namespace Bitrix24.Serialization;

/// <summary>
/// The integers of a list side by side: its own memory where that can be had, else a copy. A call for each of thousands costs more.
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
