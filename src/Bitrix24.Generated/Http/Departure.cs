namespace Bitrix24.Http;

/// <summary>
/// Whether a body was handed to a connection. One that was not can be kept back: a handler of the application may give up a request and
/// not stop it, and once it counts as not sent it must not leave any more.
/// </summary>
internal sealed class Departure
{
    private const int Begun = 1;
    private const int KeptBack = 2;

    private int state;

    internal bool HasBegun => Volatile.Read(ref state) == Begun;

    /// <returns>Whether it begins now, and not a second time.</returns>
    internal bool TryBegin() => Interlocked.CompareExchange(ref state, Begun, 0) == 0;

    /// <summary>Keeps the body back, unless it has begun to leave.</summary>
    /// <returns>Whether it has.</returns>
    internal bool End() => Interlocked.CompareExchange(ref state, KeptBack, 0) == Begun;
}
