using System.Diagnostics.CodeAnalysis;

namespace Bitrix24.Errors;

/// <summary>
/// A handler of the application tried to send a request a second time. The type is not one that resilience handlers take for a passing fault,
/// so that they stop.
/// </summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "It says one thing.")]
[SuppressMessage("Design", "CA1064:Exceptions should be public", Justification = "The client replaces it by an exception of its own.")]
internal sealed class SentAgainException() : InvalidOperationException(Advice)
{
    internal const string Advice = "A handler of the application tried to send the request again. Remove that handler from this client,"
        + " for example with RemoveAllResilienceHandlers; the client retries by itself when it is safe.";
}
