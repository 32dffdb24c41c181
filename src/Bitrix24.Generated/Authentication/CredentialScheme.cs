using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Bitrix24.Http;
using Bitrix24.Secrets;

namespace Bitrix24.Authentication;

/// <summary>A way to authorize calls. It provides a path and a token, and knows neither the call nor the client.</summary>
internal abstract class CredentialScheme(Uri portalUrl)
{
    public Uri PortalUrl { get; } = portalUrl;

    /// <summary>Describes the credentials without their secret.</summary>
    public abstract override string ToString();

    /// <summary>
    /// Gets the key of what the portal charges execution time to: a webhook or an application, however the portal's address is spelled;
    /// <see langword="null"/> when it is not known.
    /// </summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    internal virtual string? ChargedTo => null;

    /// <summary>Gets how often a call is sent again with another token after the portal did not accept one: 0 for a fixed token.</summary>
    internal virtual int MaxRefreshes => 0;

    /// <summary>Returns the path of a method, without the first slash. For a webhook it is a secret.</summary>
    internal abstract string MethodPath(string root, string method);

    /// <summary>Returns the access token to send in the body; none where the path authorizes the call.</summary>
    /// <param name="http">The settings of requests.</param>
    /// <param name="refreshed">The token that was returned for this attempt after the portal did not accept another one.</param>
    /// <param name="cancellationToken">A token to cancel the operation.</param>
    internal virtual ValueTask<TokenResult> GetTokenAsync(HttpSender http, string? refreshed, CancellationToken cancellationToken) =>
        new(TokenResult.None);

    /// <summary>
    /// Reads the access token again: another process may have replaced the one that the portal refused. Requires
    /// <see cref="MaxRefreshes"/>.
    /// </summary>
    internal virtual ValueTask<TokenResult> ReloadTokenAsync(HttpSender http, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    /// <summary>Replaces an expired access token. Requires <see cref="MaxRefreshes"/>.</summary>
    internal virtual Task<TokenResult> RefreshAsync(string expired, HttpSender http, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    /// <summary>Gets the texts that must not show anywhere but on the wire.</summary>
    private protected abstract IEnumerable<string> GetSecrets();

    /// <summary>Removes the secrets from a text that came from outside.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    internal string? Redact(string? text) => Redaction.Remove(text, PortalUrl, GetSecrets());
}
