using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Bitrix24.Http;
using Bitrix24.Secrets;

namespace Bitrix24.Authentication;

/// <summary>A way to authorize calls: it gives a path and a token, and knows neither the call nor the client.</summary>
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

    /// <summary>Gets whether an expired token can be refreshed.</summary>
    internal virtual bool CanRefresh => false;

    /// <summary>Returns the path that a method is called at, without the first slash. For a webhook it is a secret.</summary>
    internal abstract string MethodPath(string root, string method);

    /// <summary>Returns the access token to send in the body; none where the path authorizes the call.</summary>
    internal virtual ValueTask<TokenResult> GetTokenAsync(HttpSender http, CancellationToken cancellationToken) => new(TokenResult.None);

    /// <summary>
    /// Returns the stored access token, which another process may have replaced since a portal refused the one that was sent. Only where
    /// <see cref="CanRefresh"/> says so.
    /// </summary>
    internal virtual ValueTask<TokenResult> ReloadTokenAsync(HttpSender http, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Replaces an expired access token, where <see cref="CanRefresh"/> says so.</summary>
    internal virtual Task<TokenResult> RefreshAsync(string expired, HttpSender http, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>The texts that must not show anywhere but on the wire.</summary>
    private protected abstract IEnumerable<string> GetSecrets();

    /// <summary>Takes the secrets out of a text that came from outside.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    internal string? Redact(string? text) => Redaction.Remove(text, PortalUrl, GetSecrets());
}
