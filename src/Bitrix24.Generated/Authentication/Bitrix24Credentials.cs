using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Bitrix24.Authentication;

namespace Bitrix24;

/// <summary>Represents the portal to call and the credentials to authenticate with.</summary>
/// <remarks>No public member returns the secret, including <see cref="ToString"/>.</remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class Bitrix24Credentials
{
    internal Bitrix24Credentials(CredentialScheme scheme) => Scheme = scheme;

    /// <summary>Gets the address of the portal, without path: <c>https://acme.bitrix24.com/</c>.</summary>
    public Uri PortalUrl => Scheme.PortalUrl;

    /// <summary>Gets how the calls are authorized.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    internal CredentialScheme Scheme { get; }

    /// <summary>Creates credentials of an incoming webhook.</summary>
    /// <param name="webhookUrl">
    /// The address that the portal shows for the webhook: <c>https://{portal}/rest/{user id}/{webhook code}/</c>, with or without the
    /// last slash. <c>https</c> is required except for a loopback address.
    /// </param>
    /// <returns>The credentials.</returns>
    /// <exception cref="ArgumentException"><paramref name="webhookUrl"/> is <see langword="null"/> or not of that form.</exception>
    /// <remarks>Source: <see href="https://apidocs.bitrix24.com/local-integrations/local-webhooks.html"/></remarks>
    [SuppressMessage("Design", "CA1054:URI-like parameters should not be strings", Justification = "It is configured as text.")]
    public static Bitrix24Credentials Webhook(string webhookUrl)
    {
        ArgumentNullException.ThrowIfNull(webhookUrl);

        return Parse(() => WebhookCredentials.Parse(webhookUrl), nameof(webhookUrl));
    }

    /// <summary>Creates credentials of a fixed OAuth 2.0 access token, which is valid for one hour.</summary>
    /// <param name="portalUrl">The address of the portal, <c>https://{portal}/</c>. <c>https</c> except for a loopback address.</param>
    /// <param name="accessToken">The access token. It is sent in the body of each request, never in the URL.</param>
    /// <returns>The credentials.</returns>
    /// <exception cref="ArgumentException">
    /// An argument is <see langword="null"/>, <paramref name="accessToken"/> is blank, or <paramref name="portalUrl"/> is not of that form.
    /// </exception>
    /// <remarks>Source: <see href="https://apidocs.bitrix24.com/settings/oauth/index.html"/></remarks>
    [SuppressMessage("Design", "CA1054:URI-like parameters should not be strings", Justification = "It is configured as text.")]
    public static Bitrix24Credentials AccessToken(string portalUrl, string accessToken)
    {
        ArgumentNullException.ThrowIfNull(portalUrl);
        ArgumentNullException.ThrowIfNull(accessToken);

        if (string.IsNullOrWhiteSpace(accessToken))
        {
            throw new ArgumentException("The access token is blank.", nameof(accessToken));
        }

        return Parse(() => AccessTokenCredentials.Parse(portalUrl, accessToken), nameof(portalUrl));
    }

    /// <summary>Creates credentials of OAuth 2.0 access tokens that the application obtains and refreshes itself.</summary>
    /// <param name="portalUrl">The address of the portal, <c>https://{portal}/</c>. <c>https</c> except for a loopback address.</param>
    /// <param name="accessTokenProvider">
    /// Returns the current access token. It is called for each attempt, by several threads at once, and should return a cached token. Its
    /// cancellation token is canceled with the call, and after <see cref="Bitrix24ClientOptions.AttemptTimeout"/>.
    /// </param>
    /// <returns>The credentials.</returns>
    /// <exception cref="ArgumentException">
    /// An argument is <see langword="null"/>, or <paramref name="portalUrl"/> is not of that form.
    /// </exception>
    /// <remarks>
    /// When the portal does not accept a token, the function is called again. If it returns another token, the call is sent once more with
    /// it; otherwise the <see cref="Bitrix24AuthenticationException"/> of the portal is thrown. A function that throws, or returns a blank
    /// token, makes the call fail with a <see cref="Bitrix24AuthenticationException"/> before it is sent. The exception of the function is
    /// the inner exception unless it contains a token. Source: <see href="https://apidocs.bitrix24.com/settings/oauth/index.html"/>
    /// </remarks>
    [SuppressMessage("Design", "CA1054:URI-like parameters should not be strings", Justification = "It is configured as text.")]
    public static Bitrix24Credentials AccessToken(string portalUrl, Func<CancellationToken, ValueTask<string>> accessTokenProvider)
    {
        ArgumentNullException.ThrowIfNull(portalUrl);
        ArgumentNullException.ThrowIfNull(accessTokenProvider);

        return Parse(() => AccessTokenProviderCredentials.Parse(portalUrl, accessTokenProvider), nameof(portalUrl));
    }

    /// <summary>Creates credentials of an OAuth 2.0 application. The client refreshes its tokens.</summary>
    /// <param name="options">The application and its token store.</param>
    /// <returns>The credentials. Clients that are created with the same instance share its tokens.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="options"/> is <see langword="null"/>, or one of its properties is missing or invalid.
    /// </exception>
    /// <remarks>
    /// A token is refreshed only when the portal reports that it has expired: once, however many calls wait for it. The new pair is saved
    /// before it is used. Source: <see href="https://apidocs.bitrix24.com/settings/oauth/auto-renewal.html"/>
    /// </remarks>
    public static Bitrix24Credentials OAuth(Bitrix24OAuthOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Parse(() => OAuthCredentials.From(options), nameof(options));
    }

    /// <summary>Describes the credentials without their secret.</summary>
    /// <returns>The kind of credentials and the portal.</returns>
    public override string ToString() => Scheme.ToString();

    private static Bitrix24Credentials Parse(Func<CredentialScheme> parse, string parameter)
    {
        try
        {
            return new Bitrix24Credentials(parse());
        }
        catch (FormatException exception)
        {
            throw new ArgumentException(exception.Message, parameter, exception);
        }
    }
}
