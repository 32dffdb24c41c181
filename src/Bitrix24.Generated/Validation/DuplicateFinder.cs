using System.Buffers;

namespace Bitrix24.Validation;

/// <summary>Finds duplicate ids.</summary>
internal static class DuplicateFinder
{
    /// <summary>Returns the index of the first value that repeats an earlier one; -1 if there is none.</summary>
    internal static int IndexOfFirstDuplicate(ReadOnlySpan<long> values)
    {
        var index = 1;
        while (index < values.Length && values[index - 1] < values[index])
        {
            index++;
        }

        return index >= values.Length ? -1 : FindUnordered(values);
    }

    /// <summary>
    /// Uses a hash table of the positions of the values with open addressing, which is at most two thirds full. An array instead of a set,
    /// pooled while it is small, because the pool rounds sizes up and keeps arrays.
    /// </summary>
    private static int FindUnordered(ReadOnlySpan<long> values)
    {
        const int MaxPooledSize = 32 * 1024;
        var size = checked(values.Length + (values.Length / 2) + 1);
        var isPooled = size <= MaxPooledSize;
        var positions = isPooled ? ArrayPool<int>.Shared.Rent(size) : new int[size];
        if (isPooled)
        {
            Array.Clear(positions, 0, size);
        }

        try
        {
            return IndexOfFirstDuplicate(values, positions.AsSpan(0, size));
        }
        finally
        {
            if (isPooled)
            {
                ArrayPool<int>.Shared.Return(positions);
            }
        }
    }

    private static int IndexOfFirstDuplicate(ReadOnlySpan<long> values, Span<int> positions)
    {
        for (var index = 0; index < values.Length; index++)
        {
            var slot = SlotOf(values[index], positions.Length);
            while (positions[slot] != 0)
            {
                if (values[positions[slot] - 1] == values[index])
                {
                    return index;
                }

                slot = slot + 1 == positions.Length ? 0 : slot + 1;
            }

            positions[slot] = index + 1;
        }

        return -1;
    }

    /// <summary>
    /// Fibonacci hashing, which distributes consecutive ids: the upper half of the product, scaled to the size of the table.
    /// </summary>
    private static int SlotOf(long value, int size) =>
        (int)(((unchecked((ulong)value * 0x9E3779B97F4A7C15UL) >> 32) * (ulong)size) >> 32);
}
