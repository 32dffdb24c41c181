using System.Diagnostics;
using Bitrix24.Http;
using Bitrix24.Secrets;
using Bitrix24.Validation;

namespace Bitrix24.Authentication;

/// <summary>Access tokens of a function of the application, which refreshes them. A token travels in the body.</summary>
internal sealed class AccessTokenProviderCredentials : CredentialScheme
{
    /// <summary>At one token an hour, more than a month. A token is valid for one hour.</summary>
    private const int MaxTrackedTokens = 1000;

    private readonly object sync = new();
    private readonly Func<CancellationToken, ValueTask<string>> provider;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private string[] tokens = [];

    private AccessTokenProviderCredentials(Uri portalUrl, Func<CancellationToken, ValueTask<string>> provider)
        : base(portalUrl)
    {
        this.provider = provider;
    }

    internal override int MaxRefreshes => 1;

    public override string ToString() => $"Access tokens of a function for {PortalUrl}";

    internal override string MethodPath(string root, string method) => root + method;

    internal override ValueTask<TokenResult> GetTokenAsync(HttpSender http, string? refreshed, CancellationToken cancellationToken) =>
        refreshed is null ? AskAsync(http, cancellationToken) : new(TokenResult.Of(refreshed));

    internal override ValueTask<TokenResult> ReloadTokenAsync(HttpSender http, CancellationToken cancellationToken) =>
        AskAsync(http, cancellationToken);

    internal override Task<TokenResult> RefreshAsync(string expired, HttpSender http, CancellationToken cancellationToken) =>
        AskAsync(http, cancellationToken).AsTask();

    /// <exception cref="FormatException">The text is not the address of a portal.</exception>
    internal static AccessTokenProviderCredentials Parse(string portalUrl, Func<CancellationToken, ValueTask<string>> provider) =>
        new(PortalUri.ParsePortal(portalUrl), provider);

    private protected override IEnumerable<string> GetSecrets()
    {
        lock (sync)
        {
            return tokens;
        }
    }

    private async ValueTask<TokenResult> AskAsync(HttpSender http, CancellationToken cancellationToken)
    {
        try
        {
            using var timeout = http.NewTimeout();
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
            var token = await provider(either.Token).AsTask().WaitOrAbandonAsync(either.Token).ConfigureAwait(false);
            if (string.IsNullOrWhiteSpace(token))
            {
                return TokenResult.Failed(new TokenError("the function that provides the access token returned none"));
            }

            token = token.Trim();
            Track(token);
            return TokenResult.Of(token);
        }
        catch (Exception exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return TokenResult.Failed(new TokenError($"the function that provides the access token failed ({exception.GetType().Name})")
            {
                Cause = Redaction.IsClean(exception, Redact) ? exception : null,
            });
        }
    }

    private void Track(string token)
    {
        lock (sync)
        {
            if (!tokens.Contains(token, StringComparer.Ordinal))
            {
                tokens = [token, .. tokens.Take(MaxTrackedTokens - 1)];
            }
        }
    }
}
