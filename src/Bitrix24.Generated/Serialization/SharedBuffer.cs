using System.Buffers;
using System.Runtime.CompilerServices;

namespace Bitrix24.Serialization;

/// <summary>
/// Rents small buffers from the shared pool. Large buffers are allocated, because the pool would keep them for the lifetime of the process.
/// </summary>
internal static class SharedBuffer
{
    /// <summary>The maximum size of a pooled buffer, in bytes. A power of two, as the sizes of the pool.</summary>
    internal const int MaxPooledSize = 1024 * 1024;

    internal static T[] Rent<T>(int minimumLength) =>
        IsPooled<T>(minimumLength) ? ArrayPool<T>.Shared.Rent(minimumLength) : new T[minimumLength];

    /// <summary>Clears the used part, which can contain a secret, and returns the buffer.</summary>
    internal static void Return<T>(T[] buffer, int used)
    {
        if (buffer.Length > 0 && IsPooled<T>(buffer.Length))
        {
            Array.Clear(buffer, 0, used);
            ArrayPool<T>.Shared.Return(buffer);
        }
    }

    private static bool IsPooled<T>(int length) => (long)length * Unsafe.SizeOf<T>() <= MaxPooledSize;
}
