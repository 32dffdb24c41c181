using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Bitrix24;

/// <summary>What an OAuth 2.0 application needs to call a portal and to renew its tokens.</summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class Bitrix24OAuthOptions
{
    /// <summary>Where the authorization server of the cloud issues tokens.</summary>
    internal static readonly Uri DefaultTokenEndpoint = new("https://oauth.bitrix.info/oauth/token/");

    /// <summary>Address of the portal, <c>https://{portal}/</c>. Required for calls; <c>https</c> except for a loopback address.</summary>
    public string? PortalUrl { get; set; }

    /// <summary>Id of the application. Required.</summary>
    public string? ClientId { get; set; }

    /// <summary>Secret of the application. Required. It can be set and not read, so that nothing that prints options prints it.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    [SuppressMessage("Design", "CA1044:Properties should not be write only", Justification = "Serializers print what they can read.")]
    public string? ClientSecret { internal get; set; }

    /// <summary>Where the tokens are kept. Required.</summary>
    [Newtonsoft.Json.JsonIgnore]
#if NET
    [System.Text.Json.Serialization.JsonIgnore]
#endif
    public IBitrix24TokenStore? TokenStore { get; set; }

    /// <summary>
    /// Where the authorization server issues tokens; it varies by region. Default: <c>https://oauth.bitrix.info/oauth/token/</c>.
    /// <c>https</c> is required except for a loopback address.
    /// </summary>
    public Uri TokenEndpoint { get; set; } = DefaultTokenEndpoint;

    /// <summary>Describes the application without its secret.</summary>
    /// <returns>The id and the portal.</returns>
    public override string ToString() => $"OAuth application {ClientId} for {PortalUrl}";
}
