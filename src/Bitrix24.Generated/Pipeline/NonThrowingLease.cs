using System.Threading.RateLimiting;
using Bitrix24.Diagnostics;
using Bitrix24.RateLimiting;

namespace Bitrix24.Pipeline;

/// <summary>
/// Represents the permit of a request. A lease of the application that fails when it is returned does not affect the call.
/// </summary>
internal readonly struct NonThrowingLease(RateLimitLease? lease) : IDisposable
{
    /// <summary>Notes that the portal rejected the request because it receives too many.</summary>
    internal void Refuse() => (lease as PortalPermit)?.Refuse();

    public void Dispose() => NonThrowing.Invoke(lease, static lease => lease?.Dispose());
}
