using System.Buffers;

namespace Bitrix24;

/// <summary>Looks for an id that is given twice.</summary>
internal static class Repetition
{
    /// <summary>The index of the first value that repeats an earlier one; -1 when there is none.</summary>
    internal static int Find(ReadOnlySpan<long> values)
    {
        var index = 1;
        while (index < values.Length && values[index - 1] < values[index])
        {
            index++;
        }

        return index >= values.Length ? -1 : FindUnordered(values);
    }

    /// <summary>A hash table with open addressing, at most half full, of the positions of the values: a pooled array in place of a set.</summary>
    private static int FindUnordered(ReadOnlySpan<long> values)
    {
        var bits = 2;
        while (1L << bits < 2L * values.Length)
        {
            bits++;
        }

        var size = checked((int)(1L << bits));
        var positions = ArrayPool<int>.Shared.Rent(size);
        Array.Clear(positions, 0, size);
        try
        {
            for (var index = 0; index < values.Length; index++)
            {
                var slot = SlotOf(values[index], bits);
                while (positions[slot] != 0)
                {
                    if (values[positions[slot] - 1] == values[index])
                    {
                        return index;
                    }

                    slot = (slot + 1) & (size - 1);
                }

                positions[slot] = index + 1;
            }

            return -1;
        }
        finally
        {
            ArrayPool<int>.Shared.Return(positions);
        }
    }

    /// <summary>Fibonacci hashing: neighbours, as ids often are, land far from each other.</summary>
    private static int SlotOf(long value, int bits) => (int)(unchecked((ulong)value * 0x9E3779B97F4A7C15UL) >> (64 - bits));
}
