using System.Buffers;

namespace Bitrix24.Validation;

/// <summary>Looks for an id that is given twice.</summary>
internal static class DuplicateFinder
{
    /// <summary>The index of the first value that repeats an earlier one; -1 when there is none.</summary>
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
    /// A hash table with open addressing, two thirds full at most, of the positions of the values: an array in place of a set, pooled while it is small: the pool rounds up, and keeps.
    /// </summary>
    private static int FindUnordered(ReadOnlySpan<long> values)
    {
        const int LargestPooled = 32 * 1024;
        var size = checked(values.Length + (values.Length / 2) + 1);
        var isPooled = size <= LargestPooled;
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

    /// <summary>Fibonacci hashing: neighbours, as ids often are, land far from each other. The upper half of the product, scaled to the table.</summary>
    private static int SlotOf(long value, int size) => (int)(((unchecked((ulong)value * 0x9E3779B97F4A7C15UL) >> 32) * (ulong)size) >> 32);
}
