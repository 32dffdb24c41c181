using System.Threading.RateLimiting;

namespace Bitrix24.RateLimiting;

/// <summary>Represents the permit of one request. It is disposed when the request is completed.</summary>
internal sealed class PortalPermit(PortalRateLimiter limiter) : RateLimitLease
{
    private int disposed;
    private bool isRefused;

    public override bool IsAcquired => true;

    public override IEnumerable<string> MetadataNames => [];

    public override bool TryGetMetadata(string metadataName, out object? metadata)
    {
        metadata = null;
        return false;
    }

    /// <summary>Notes that the portal rejected the request because its bucket is full.</summary>
    internal void Refuse() => isRefused = true;

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing && Interlocked.Exchange(ref disposed, 1) == 0)
        {
            limiter.Complete(isRefused);
        }
    }
}
