namespace Bitrix24;

/// <summary>Makes clients for many portals.</summary>
/// <remarks>
/// The clients share their connections, their settings and, for one host, their limit. A client is small and need not be
/// disposed; keep it as long as its portal is called, for it remembers where a portal has moved to.
/// </remarks>
public interface IBitrix24ClientFactory
{
    /// <summary>Makes a client for one portal.</summary>
    /// <param name="credentials">Which portal is called, and on whose authority.</param>
    /// <returns>The client.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="credentials"/> is <see langword="null"/>.</exception>
    IBitrix24Client Create(Bitrix24Credentials credentials);
}
