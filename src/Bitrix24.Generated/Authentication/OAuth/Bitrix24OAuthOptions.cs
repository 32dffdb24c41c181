using System.Diagnostics;

namespace Bitrix24;

/// <summary>Represents the settings of an OAuth 2.0 application that calls a portal and refreshes its tokens.</summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class Bitrix24OAuthOptions
{
    /// <summary>The token endpoint of the cloud.</summary>
    internal static readonly Uri DefaultTokenEndpoint = new("https://oauth.bitrix.info/oauth/token/");

    /// <summary>Gets or sets the address of the portal, <c>https://{portal}/</c>. Required for calls.</summary>
    /// <remarks><c>https</c> is required except for a loopback address.</remarks>
    public string? PortalUrl { get; set; }

    /// <summary>Gets or sets the id of the application. Required.</summary>
    public string? ClientId { get; set; }

    /// <summary>Sets the secret of the application. Required. Reading it always returns <see langword="null"/>.</summary>
    /// <remarks>
    /// Serializers, loggers and debuggers show what they can read, so the secret cannot be read. The property has a getter because
    /// <c>IConfiguration.Bind</c> sets only properties that have a public one.
    /// </remarks>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? ClientSecret
    {
        get => null;
        set => Secret = value;
    }

    /// <summary>Gets or sets the store of the tokens. Required.</summary>
    [Newtonsoft.Json.JsonIgnore]
#if NET
    [System.Text.Json.Serialization.JsonIgnore]
#endif
    public IBitrix24TokenStore? TokenStore { get; set; }

    /// <summary>
    /// Gets or sets the address where the authorization server issues tokens; it varies by region. Default:
    /// <c>https://oauth.bitrix.info/oauth/token/</c>.
    /// </summary>
    /// <remarks><c>https</c> is required except for a loopback address.</remarks>
    public Uri TokenEndpoint { get; set; } = DefaultTokenEndpoint;

    /// <summary>Gets the secret of the application.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    internal string? Secret { get; private set; }

    /// <summary>Describes the application without its secret.</summary>
    /// <returns>The id and the portal.</returns>
    public override string ToString() => $"OAuth application {ClientId} for {PortalUrl}";
}
