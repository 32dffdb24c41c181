using System.Diagnostics;
using Bitrix24.Diagnostics;
using Bitrix24.Errors;
using Bitrix24.Http;
using Bitrix24.Secrets;
using Bitrix24.Validation;

namespace Bitrix24.Authentication;

/// <summary>An OAuth 2.0 application: it renews its access token when a portal says that it has expired, and only then.</summary>
internal sealed class OAuthCredentials : CredentialScheme
{
    /// <summary>How long nothing is asked of an authorization server that failed, or whose new token a portal takes for an expired one.</summary>
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(30);

    private readonly object sync = new();
    private readonly OAuthSettings application;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private Bitrix24Token? current;

    // IssuedToken, but not yet in the store. It must get there before it is used: the pair in the store is worth nothing any more.
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private IssuedToken? unsaved;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private IssuedToken? lastIssued;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private string[] secrets;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private Task<TokenResult>? renewing;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private Failure? lastFailure;

    private OAuthCredentials(Uri portalUrl, OAuthSettings application)
        : base(portalUrl)
    {
        this.application = application;
        secrets = [application.ClientSecret];
    }

    internal override bool CanRefresh => true;

    internal override string ChargedTo => $"{PortalUri.KeyOf(PortalUrl)} {application.ClientId}";

    private protected override IEnumerable<string> GetSecrets() => Volatile.Read(ref secrets);

    public override string ToString() => $"OAuth application {application.ClientId} for {PortalUrl}";

    internal override string MethodPath(string root, string method) => root + method;

    internal override ValueTask<TokenResult> GetTokenAsync(HttpSender http, CancellationToken cancellationToken) =>
        Volatile.Read(ref current) is { } known ? new(TokenResult.Of(known.AccessToken)) : LoadAsync(http, cancellationToken);

    internal override ValueTask<TokenResult> ReloadTokenAsync(HttpSender http, CancellationToken cancellationToken) => LoadAsync(http, cancellationToken);

    /// <summary>
    /// One renewal, however many calls ask for it. It goes on when they are cancelled: a refresh token that was sent is used up, and
    /// the new one must not be lost.
    /// </summary>
    internal override async Task<TokenResult> RefreshAsync(string expired, HttpSender http, CancellationToken cancellationToken)
    {
        Task<TokenResult> renewal;
        lock (sync)
        {
            if (Volatile.Read(ref current) is { } renewed && renewed.AccessToken != expired)
            {
                return TokenResult.Of(renewed.AccessToken);
            }

            if (renewing is null || renewing.IsCompleted)
            {
                renewing = Task.Run(() => RenewOnceAsync(expired, http), CancellationToken.None);
            }

            renewal = renewing;
        }

        try
        {
            return await renewal.WaitAsync(OAuthTimeouts.RefreshWait(http), http.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return Expired("the access token has expired, and its refresh takes too long; the refresh goes on, so make the call again later");
        }
    }

    /// <exception cref="FormatException">An option is missing or wrong.</exception>
    internal static OAuthCredentials From(Bitrix24OAuthOptions options) =>
        new(PortalUri.ParsePortal(options.PortalUrl ?? string.Empty), OAuthSettings.From(options));

    private async ValueTask<TokenResult> LoadAsync(HttpSender http, CancellationToken cancellationToken)
    {
        var before = Volatile.Read(ref current);
        try
        {
            using var timeout = http.NewTimeout();
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
            var stored = await application.Store.LoadAsync(either.Token).AsTask().WaitOrAbandonAsync(either.Token).ConfigureAwait(false);
            if (Validate(stored) is not { } flaw)
            {
                // A renewal may have been faster than this.
                TrackSecrets(stored!);
                var known = Interlocked.CompareExchange(ref current, stored, before);
                return TokenResult.Of((ReferenceEquals(known, before) ? stored! : known!).AccessToken);
            }

            return TokenResult.Failed(flaw);
        }
        catch (Exception exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return TokenResult.Failed(StoreFailure(exception));
        }
    }

    private async Task<TokenResult> RenewOnceAsync(string expired, HttpSender http)
    {
        TokenResult result;
        try
        {
            using var timeout = http.NewTimeout();
            using (await application.LockAsync(timeout.Token).ConfigureAwait(false))
            {
                result = await RenewUnderLockAsync(expired, http, timeout.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            result = TokenResult.Failed(StoreFailure(exception));
        }

        if (result.Error is { } error)
        {
            var rawCode = error.Refusal?.RawErrorCode is { } code ? PlainText.ToSingleLine(code) : null;
            Log.TokenNotRenewed(http.Logger, PortalUrl.Host, error.Reason, rawCode);
            Telemetry.Renewed(succeeded: false);
        }

        return result;
    }

    private async Task<TokenResult> RenewUnderLockAsync(string expired, HttpSender http, CancellationToken cancellationToken)
    {
        var stored = await application.Store.LoadAsync(cancellationToken).AsTask().WaitOrAbandonAsync(cancellationToken).ConfigureAwait(false);
        if (Validate(stored) is { } flaw)
        {
            return TokenResult.Failed(flaw);
        }

        TrackSecrets(stored!);
        if (unsaved?.Replaced != stored!.RefreshToken)
        {
            // Somebody has put a newer pair there.
            unsaved = null;
        }

        if (unsaved is null)
        {
            if (stored.AccessToken != expired)
            {
                // Another process has renewed them.
                Volatile.Write(ref current, stored);
                return TokenResult.Of(stored.AccessToken);
            }

            if (lastIssued is { } issued && issued.Token.AccessToken == expired && issued.IsYoung(http.TimeProvider, PauseAfterFailure))
            {
                return Expired("the portal says that an access token that was just issued has expired");
            }

            if (lastFailure is { } failure && failure.StillHolds(stored.RefreshToken, http.TimeProvider, PauseAfterFailure))
            {
                return TokenResult.Failed(failure.Reason);
            }

            try
            {
                var authorization = await new TokenClient(http).RequestAsync(application, "refresh_token", "refresh_token", stored.RefreshToken).ConfigureAwait(false);
                unsaved = new IssuedToken(authorization.Token, stored.RefreshToken, http.TimeProvider.GetTimestamp());
            }
            catch (Bitrix24Exception exception)
            {
                var error = new TokenError($"the access token has expired and was not renewed: {exception.Message.TrimEnd('.')}") { Refusal = exception };
                lastFailure = new Failure(error, stored.RefreshToken, http.TimeProvider.GetTimestamp());
                return TokenResult.Failed(error);
            }
        }

        TrackSecrets(unsaved.Token);
        await application.SaveAsync(unsaved.Token, http).ConfigureAwait(false);
        lastIssued = unsaved;
        unsaved = null;
        lastFailure = null;
        Log.TokenRenewed(http.Logger, PortalUrl.Host);
        Telemetry.Renewed(succeeded: true);
        Volatile.Write(ref current, lastIssued.Token);
        return TokenResult.Of(lastIssued.Token.AccessToken);
    }

    /// <summary>Of the pairs seen, the last two can still show up in what a portal answers.</summary>
    private void TrackSecrets(Bitrix24Token token)
    {
        lock (sync)
        {
            secrets = [application.ClientSecret, .. new[] { token.AccessToken, token.RefreshToken }.Concat(secrets.Skip(1)).Distinct(StringComparer.Ordinal).Take(4)];
        }
    }

    private static TokenError? Validate(Bitrix24Token? stored) =>
        stored is null ? new TokenError("the token store is empty; exchange an authorization code for the first tokens")
        : string.IsNullOrEmpty(stored.AccessToken) || string.IsNullOrEmpty(stored.RefreshToken) ? new TokenError("the token store holds a pair without an access token or without a refresh token")
        : null;

    private static TokenResult Expired(string text) => TokenResult.Failed(new TokenError(text) { ErrorCode = Bitrix24ErrorCode.ExpiredToken });

    private TokenError StoreFailure(Exception exception) => new(TokenStoreException.Describe(exception))
    {
        Cause = Redaction.IsClean(exception, Redact) ? exception : null,
    };

    /// <summary>A pair that the authorization server gave for a refresh token.</summary>
    private sealed class IssuedToken(Bitrix24Token token, string replaced, long issuedAt)
    {
        [DebuggerBrowsable(DebuggerBrowsableState.Never)]
        public Bitrix24Token Token { get; } = token;

        [DebuggerBrowsable(DebuggerBrowsableState.Never)]
        public string Replaced { get; } = replaced;

        public bool IsYoung(TimeProvider timeProvider, TimeSpan age) => timeProvider.GetElapsedTime(issuedAt) < age;
    }

    /// <summary>
    /// A failed refresh. A known code that refuses the refresh token or the application is final for that token; any other failure, such as
    /// a limit, a payment that is due, or a server that fails, holds for a while.
    /// </summary>
    private sealed class Failure(TokenError reason, string refreshToken, long failedAt)
    {
        [DebuggerBrowsable(DebuggerBrowsableState.Never)]
        private readonly string refreshToken = refreshToken;

        public TokenError Reason { get; } = reason;

        public bool StillHolds(string currentRefreshToken, TimeProvider timeProvider, TimeSpan pause) =>
            currentRefreshToken == refreshToken
            && (IsFinal || timeProvider.GetElapsedTime(failedAt) < pause);

        private bool IsFinal =>
            Reason.Refusal is Bitrix24AuthenticationException { Retry: RetryDisposition.Never, ErrorCode: not Bitrix24ErrorCode.Unknown };
    }
}
