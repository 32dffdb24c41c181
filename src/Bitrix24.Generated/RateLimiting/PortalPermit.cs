using System.Threading.RateLimiting;

namespace Bitrix24.RateLimiting;

/// <summary>The permit of one request. Disposing it says that the request is answered.</summary>
internal sealed class PortalPermit(PortalRateLimiter limiter) : RateLimitLease
{
    private int isOver;
    private bool isRefused;

    public override bool IsAcquired => true;

    public override IEnumerable<string> MetadataNames => [];

    public override bool TryGetMetadata(string metadataName, out object? metadata)
    {
        metadata = null;
        return false;
    }

    /// <summary>The portal answered that its bucket is full.</summary>
    internal void Refuse() => isRefused = true;

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing && Interlocked.Exchange(ref isOver, 1) == 0)
        {
            limiter.Complete(isRefused);
        }
    }
}
