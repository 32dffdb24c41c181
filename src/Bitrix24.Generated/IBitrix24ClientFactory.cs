namespace Bitrix24;

/// <summary>Creates clients for many portals.</summary>
/// <remarks>
/// The clients share their connections, their settings and, for one host, their limit. A client is small and need not be disposed. Keep it
/// as long as its portal is called, because it remembers where the portal has moved to.
/// </remarks>
public interface IBitrix24ClientFactory
{
    /// <summary>Creates a client for one portal.</summary>
    /// <param name="credentials">The portal to call and the credentials to authenticate with.</param>
    /// <returns>The client.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="credentials"/> is <see langword="null"/>.</exception>
    IBitrix24Client Create(Bitrix24Credentials credentials);

    /// <summary>Creates a client that obtains the first tokens of an OAuth 2.0 application.</summary>
    /// <param name="options">The application. <see cref="Bitrix24OAuthOptions.PortalUrl"/> is not needed.</param>
    /// <returns>The client.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="options"/> is <see langword="null"/>, or one of its properties is missing or invalid.
    /// </exception>
    Bitrix24OAuthClient CreateOAuthClient(Bitrix24OAuthOptions options);
}
