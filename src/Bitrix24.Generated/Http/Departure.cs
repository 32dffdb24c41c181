namespace Bitrix24.Http;

/// <summary>
/// Tracks whether a body was passed to a connection. A body that was not can be held back. A handler of the application can abandon a
/// request without aborting it, and a request that counts as not sent must not be sent later.
/// </summary>
internal sealed class Departure
{
    private const int Begun = 1;
    private const int HeldBack = 2;

    private int state;

    internal bool HasBegun => Volatile.Read(ref state) == Begun;

    /// <returns>Whether sending begins now, for the first time.</returns>
    internal bool TryBegin() => Interlocked.CompareExchange(ref state, Begun, 0) == 0;

    /// <summary>Holds the body back unless sending has begun.</summary>
    /// <returns>Whether sending has begun.</returns>
    internal bool End() => Interlocked.CompareExchange(ref state, HeldBack, 0) == Begun;
}
