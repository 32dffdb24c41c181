using System.Buffers;
using System.Runtime.CompilerServices;

namespace Bitrix24.Serialization;

/// <summary>
/// Lends buffers from the shared pool while they are small. A large one is allocated, because the pool would keep it for the life of the
/// process.
/// </summary>
internal static class SharedBuffer
{
    /// <summary>The size in bytes above which a buffer is left to the garbage collector. A power of two, as in the pool.</summary>
    internal const int MaxPooledSize = 1024 * 1024;

    internal static T[] Rent<T>(int minimumLength) =>
        IsPooled<T>(minimumLength) ? ArrayPool<T>.Shared.Rent(minimumLength) : new T[minimumLength];

    /// <summary>The used part is cleared: the next to rent the buffer must not find a secret in it.</summary>
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
