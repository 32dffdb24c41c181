using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Bitrix24.Authentication;

namespace Bitrix24;

/// <summary>Says which portal is called, and on whose authority.</summary>
/// <remarks>Carries a secret that none of its public members gives away, <see cref="ToString"/> included.</remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class Bitrix24Credentials
{
    internal Bitrix24Credentials(CredentialScheme scheme) => Scheme = scheme;

    /// <summary>Address of the portal, without path: <c>https://acme.bitrix24.com/</c>.</summary>
    public Uri PortalUrl => Scheme.PortalUrl;

    /// <summary>Gets how the calls are authorized.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    internal CredentialScheme Scheme { get; }

    /// <summary>Credentials of an incoming webhook.</summary>
    /// <param name="webhookUrl">
    /// The address that the portal shows for the webhook: <c>https://{portal}/rest/{user id}/{webhook code}/</c>, with or without the
    /// last slash. <c>https</c> is required except for a loopback address.
    /// </param>
    /// <returns>The credentials.</returns>
    /// <exception cref="ArgumentException"><paramref name="webhookUrl"/> is <see langword="null"/> or not of that form.</exception>
    /// <remarks>Source: <see href="https://apidocs.bitrix24.com/local-integrations/local-webhooks.html"/></remarks>
    [SuppressMessage("Design", "CA1054:URI-like parameters should not be strings", Justification = "A webhook address is a secret that is configured as text.")]
    public static Bitrix24Credentials Webhook(string webhookUrl)
    {
        ArgumentNullException.ThrowIfNull(webhookUrl);

        return Checked(() => WebhookCredentials.Parse(webhookUrl), nameof(webhookUrl));
    }

    /// <summary>Credentials of an OAuth 2.0 access token that somebody else renews.</summary>
    /// <param name="portalUrl">Address of the portal, <c>https://{portal}/</c>. <c>https</c> is required except for a loopback address.</param>
    /// <param name="accessToken">The access token. It is sent in the body of each request, never in the URL.</param>
    /// <returns>The credentials.</returns>
    /// <exception cref="ArgumentException">An argument is <see langword="null"/>, <paramref name="accessToken"/> is blank, or <paramref name="portalUrl"/> is not of that form.</exception>
    /// <remarks>Source: <see href="https://apidocs.bitrix24.com/settings/oauth/index.html"/></remarks>
    [SuppressMessage("Design", "CA1054:URI-like parameters should not be strings", Justification = "Addresses of portals are configured as text.")]
    public static Bitrix24Credentials AccessToken(string portalUrl, string accessToken)
    {
        ArgumentNullException.ThrowIfNull(portalUrl);
        ArgumentNullException.ThrowIfNull(accessToken);

        if (string.IsNullOrWhiteSpace(accessToken))
        {
            throw new ArgumentException("The access token is blank.", nameof(accessToken));
        }

        return Checked(() => AccessTokenCredentials.Parse(portalUrl, accessToken), nameof(portalUrl));
    }

    /// <summary>Credentials of an OAuth 2.0 application that renews its tokens itself.</summary>
    /// <param name="options">The application, and where its tokens are kept.</param>
    /// <returns>The credentials. Clients made with the same instance share its tokens.</returns>
    /// <exception cref="ArgumentException"><paramref name="options"/> is <see langword="null"/>, or an option is missing or wrong.</exception>
    /// <remarks>
    /// A token is renewed when a portal says that it has expired, and only then: once, however many calls wait for it. The new pair
    /// is saved before it is used. Source: <see href="https://apidocs.bitrix24.com/settings/oauth/auto-renewal.html"/>
    /// </remarks>
    public static Bitrix24Credentials OAuth(Bitrix24OAuthOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Checked(() => OAuthCredentials.From(options), nameof(options));
    }

    /// <summary>Describes the credentials without their secret.</summary>
    /// <returns>The kind of credentials and the portal.</returns>
    public override string ToString() => Scheme.ToString();

    private static Bitrix24Credentials Checked(Func<CredentialScheme> parse, string parameter)
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
