namespace Bitrix24;

/// <summary>Creates clients for many portals.</summary>
/// <remarks>
/// The clients share connections and options. Clients of the same host also share its rate limit. A client does not need to be disposed.
/// Keep it as long as you call its portal, because it remembers the new address of a portal that has moved.
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
