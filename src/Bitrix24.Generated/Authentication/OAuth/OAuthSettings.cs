using System.Diagnostics;
using Bitrix24.Validation;

namespace Bitrix24.Authentication;

/// <summary>The validated options of an OAuth 2.0 application.</summary>
[DebuggerDisplay("{ClientId,nq}")]
internal sealed class OAuthSettings
{
    private OAuthSettings(string clientId, string clientSecret, IBitrix24TokenStore store, Uri tokenEndpoint)
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

    /// <exception cref="FormatException">An option is missing or invalid.</exception>
    internal static OAuthSettings From(Bitrix24OAuthOptions options) => new(
        Required(options.ClientId, nameof(options.ClientId)),
        Required(options.Secret, nameof(options.ClientSecret)),
        options.TokenStore ?? throw new FormatException(
            "TokenStore is not set. Use FileBitrix24TokenStore, InMemoryBitrix24TokenStore or an implementation of IBitrix24TokenStore."),
        PortalUri.Parse(
            options.TokenEndpoint?.OriginalString ?? string.Empty,
            "TokenEndpoint",
            Bitrix24OAuthOptions.DefaultTokenEndpoint.OriginalString));

    private static string Required(string? value, string name) =>
        !string.IsNullOrWhiteSpace(value) ? value!.Trim() : throw new FormatException($"{name} is not set.");
}
