namespace Bitrix24.Batches;

/// <summary>Calls that are sent with one request.</summary>
/// <param name="Calls">The calls, in their order.</param>
/// <param name="HasReferences">Whether calls use the results of earlier ones, which the portal then finds by the keys of the caller.</param>
internal sealed record CallBatch(IReadOnlyList<PendingCall> Calls, bool HasReferences = false)
{
    /// <summary>Returns the key of a call on the wire. It has a letter in it: portals turn keys that are numbers from 0 on into a list.</summary>
    internal string KeyOf(PendingCall call) =>
        HasReferences && call.Key is not null ? call.Key : FormattableString.Invariant($"c{call.Index}");
}
