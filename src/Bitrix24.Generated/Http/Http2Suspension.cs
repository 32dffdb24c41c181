using System.Collections.Concurrent;

namespace Bitrix24.Http;

/// <summary>
/// Tracks the hosts that are temporarily called over HTTP/1.1. An HTTP/2 connection stays in use after a request timed out, even if it is
/// dead, until its pings fail. An HTTP/1.1 connection is closed with its request.
/// </summary>
internal sealed class Http2Suspension(TimeProvider timeProvider)
{
    /// <summary>Longer than a connection needs to detect with pings that it is dead.</summary>
    private static readonly TimeSpan Duration = HttpHandlerFactory.PingDelay + HttpHandlerFactory.PingTimeout + TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, long> begun = new(StringComparer.Ordinal);

    internal void Begin(Uri host) => begun[host.Authority] = timeProvider.GetTimestamp();

    internal bool Includes(Uri host) =>
        !begun.IsEmpty && begun.TryGetValue(host.Authority, out var since) && timeProvider.GetElapsedTime(since) < Duration;
}
