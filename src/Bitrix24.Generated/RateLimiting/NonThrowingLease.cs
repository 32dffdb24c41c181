using System.Threading.RateLimiting;

namespace Bitrix24.RateLimiting;

/// <summary>The turn of a request. A lease of the application that fails when it is given back must not take the place of what came of the request.</summary>
internal readonly struct NonThrowingLease(RateLimitLease? lease) : IDisposable
{
    /// <summary>The portal answered that it gets too many requests.</summary>
    internal void Refuse() => (lease as PortalPermit)?.Refuse();

    public void Dispose()
    {
        try
        {
            lease?.Dispose();
        }
        catch (Exception)
        {
            // There is nowhere left to say it.
        }
    }
}
