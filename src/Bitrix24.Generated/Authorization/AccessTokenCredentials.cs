using System.Diagnostics;

namespace Bitrix24;

/// <summary>An OAuth 2.0 access token: it travels in the body.</summary>
internal sealed class AccessTokenCredentials : Bitrix24Credentials
{
    internal const string Form = "https://{portal}/";

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string accessToken;

    private readonly Uri restUrl;

    private AccessTokenCredentials(Uri portalUrl, string accessToken)
        : base(portalUrl)
    {
        this.accessToken = accessToken;
        restUrl = new Uri(portalUrl, "rest/");
    }

    internal override string? BodyToken => accessToken;

    private protected override IEnumerable<string> Secrets => [accessToken];

    public override string ToString() => $"Access token for {PortalUrl}";

    internal override Uri MethodUrl(string method) => new(restUrl, method);

    /// <exception cref="FormatException">The text is no address of a portal.</exception>
    internal static AccessTokenCredentials Parse(string portalUrl, string accessToken)
    {
        var uri = PortalAddress.Parse(portalUrl, "The portal URL", Form);

        // The authorization server names portals as https://{portal}/rest/.
        if (uri.AbsolutePath.Trim('/') is not ("" or "rest"))
        {
            throw new FormatException($"The portal URL must not have a path. It has the form {Form}.");
        }

        return new AccessTokenCredentials(PortalAddress.Origin(uri), accessToken.Trim());
    }
}
