using System.Diagnostics;

namespace Bitrix24;

/// <summary>The checked options of an OAuth 2.0 application.</summary>
[DebuggerDisplay("{ClientId,nq}")]
internal sealed class OAuthApplication
{
    private OAuthApplication(string clientId, string clientSecret, IBitrix24TokenStore store, Uri tokenEndpoint)
    {
        ClientId = clientId;
        ClientSecret = clientSecret;
        Store = store;
        TokenEndpoint = tokenEndpoint;
    }

    public string ClientId { get; }

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string ClientSecret { get; }

    public IBitrix24TokenStore Store { get; }

    public Uri TokenEndpoint { get; }

    /// <exception cref="FormatException">An option is missing or wrong.</exception>
    internal static OAuthApplication From(Bitrix24OAuthOptions options) => new(
        Required(options.ClientId, nameof(options.ClientId)),
        Required(options.ClientSecret, nameof(options.ClientSecret)),
        options.TokenStore ?? throw new FormatException("TokenStore is not set. Use FileBitrix24TokenStore, InMemoryBitrix24TokenStore or one of your own."),
        PortalAddress.Parse(options.TokenEndpoint?.OriginalString ?? string.Empty, "TokenEndpoint", Bitrix24OAuthOptions.DefaultTokenEndpoint.OriginalString));

    private static string Required(string? value, string name) => !string.IsNullOrWhiteSpace(value) ? value!.Trim() : throw new FormatException($"{name} is not set.");
}
