using System.Diagnostics.CodeAnalysis;

namespace Bitrix24.Errors;

/// <summary>
/// The exception that is thrown when a handler of the application sends a request a second time. Resilience handlers do not treat this type
/// as a transient fault and stop.
/// </summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "The message is fixed.")]
[SuppressMessage("Design", "CA1064:Exceptions should be public", Justification = "The client replaces it with a public exception.")]
internal sealed class SentAgainException() : InvalidOperationException(Advice)
{
    internal const string Advice =
        "A handler of the application tried to send the request a second time. Remove that handler from this client,"
        + " for example with RemoveAllResilienceHandlers. The client retries by itself when it is safe.";
}
