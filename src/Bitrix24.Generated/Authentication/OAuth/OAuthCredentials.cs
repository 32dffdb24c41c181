using Bitrix24.Http;
using Bitrix24.Validation;

namespace Bitrix24.Authentication;

/// <summary>An OAuth 2.0 application. Its access token is refreshed when the portal reports it as expired, and only then.</summary>
internal sealed class OAuthCredentials : CredentialScheme
{
    private OAuthCredentials(Uri portalUrl, OAuthSettings settings)
        : base(portalUrl)
    {
        Tokens = new TokenManager(settings, portalUrl);
    }

    public TokenManager Tokens { get; }

    /// <summary>
    /// Gets 2: a new token may come from another process and have expired as well. One that was just issued is not refreshed again.
    /// </summary>
    internal override int MaxRefreshes => 2;

    internal override string ChargedTo => $"{PortalUri.KeyOf(PortalUrl)} {Tokens.Settings.ClientId}";

    private protected override IEnumerable<string> GetSecrets() => Tokens.Secrets;

    public override string ToString() => $"{Tokens} for {PortalUrl}";

    internal override string MethodPath(string root, string method) => root + method;

    internal override ValueTask<TokenResult> GetTokenAsync(HttpSender http, string? refreshed, CancellationToken cancellationToken) =>
        Tokens.GetAsync(http, cancellationToken);

    internal override ValueTask<TokenResult> ReloadTokenAsync(HttpSender http, CancellationToken cancellationToken) =>
        Tokens.ReloadAsync(http, cancellationToken);

    internal override Task<TokenResult> RefreshAsync(string expired, HttpSender http, CancellationToken cancellationToken) =>
        Tokens.RefreshAsync(expired, http, cancellationToken);

    /// <exception cref="FormatException">An option is missing or invalid.</exception>
    internal static OAuthCredentials From(Bitrix24OAuthOptions options) =>
        new(PortalUri.ParsePortal(options.PortalUrl ?? string.Empty), OAuthSettings.From(options));
}
