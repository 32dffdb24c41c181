namespace Bitrix24.Http;

/// <summary>The bytes of answers that all clients of this process hold at once. Short answers are not counted.</summary>
internal static class ResponseMemory
{
    private static long held;

    internal static long Held => Interlocked.Read(ref held);

    /// <returns>Whether there was room. If there was not, nothing is reserved.</returns>
    internal static bool TryReserve(long bytes, long bound)
    {
        if (bytes == 0 || Interlocked.Add(ref held, bytes) <= bound)
        {
            return true;
        }

        Release(bytes);
        return false;
    }

    internal static void Release(long bytes) => Interlocked.Add(ref held, -bytes);
}
