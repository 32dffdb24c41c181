using System.Collections.Concurrent;

namespace Bitrix24.Http;

/// <summary>
/// Remembers the hosts that are called over HTTP/1.1 for a while. A connection of HTTP/2 stays in use after a request on it timed out, dead or
/// not, until its pings fail; a connection of HTTP/1.1 closes with its request.
/// </summary>
internal sealed class Http2Suspension(TimeProvider timeProvider)
{
    /// <summary>Longer than the connections need to find out by their pings that they are dead.</summary>
    private static readonly TimeSpan Duration = HttpHandlerFactory.PingDelay + HttpHandlerFactory.PingTimeout + TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, long> begun = new(StringComparer.Ordinal);

    internal void Begin(Uri host) => begun[host.Authority] = timeProvider.GetTimestamp();

    internal bool Includes(Uri host) => !begun.IsEmpty && begun.TryGetValue(host.Authority, out var since) && timeProvider.GetElapsedTime(since) < Duration;
}
