namespace Bitrix24.Http;

/// <summary>Tracks the total size of the responses that this process holds. Small responses are not counted.</summary>
internal static class ResponseMemory
{
    private static long held;

    internal static long Held => Interlocked.Read(ref held);

    /// <returns>Whether the bytes were reserved.</returns>
    internal static bool TryReserve(long bytes, long maxTotal)
    {
        if (bytes == 0 || Interlocked.Add(ref held, bytes) <= maxTotal)
        {
            return true;
        }

        Release(bytes);
        return false;
    }

    internal static void Release(long bytes) => Interlocked.Add(ref held, -bytes);
}
