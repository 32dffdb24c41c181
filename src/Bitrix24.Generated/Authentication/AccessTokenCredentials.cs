using System.Diagnostics;
using Bitrix24.Http;
using Bitrix24.Validation;

namespace Bitrix24.Authentication;

/// <summary>A fixed OAuth 2.0 access token. It travels in the body.</summary>
internal sealed class AccessTokenCredentials : CredentialScheme
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string accessToken;

    private AccessTokenCredentials(Uri portalUrl, string accessToken)
        : base(portalUrl)
    {
        this.accessToken = accessToken;
    }

    private protected override IEnumerable<string> GetSecrets() => [accessToken];

    public override string ToString() => $"Access token for {PortalUrl}";

    internal override string MethodPath(string root, string method) => root + method;

    internal override ValueTask<TokenResult> GetTokenAsync(HttpSender http, string? refreshed, CancellationToken cancellationToken) =>
        new(TokenResult.Of(accessToken));

    /// <exception cref="FormatException">The text is not the address of a portal.</exception>
    internal static AccessTokenCredentials Parse(string portalUrl, string accessToken) =>
        new(PortalUri.ParsePortal(portalUrl), accessToken.Trim());
}
