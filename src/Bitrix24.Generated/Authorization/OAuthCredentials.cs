using System.Diagnostics;

namespace Bitrix24;

/// <summary>An OAuth 2.0 application: it renews its access token when a portal says that it has expired, and only then.</summary>
internal sealed class OAuthCredentials : Bitrix24Credentials
{
    /// <summary>How long nothing is asked of an authorization server that could not be reached.</summary>
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(30);

    private readonly object sync = new();
    private readonly OAuthApplication application;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private volatile Bitrix24Token? current;

    // Issued, but not yet in the store. It must get there before it is used: the pair in the store is worth nothing any more.
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private Bitrix24Token? unsaved;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private string[] secrets;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private Task<Renewal>? renewing;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private Failure? lastFailure;

    private OAuthCredentials(Uri portalUrl, OAuthApplication application)
        : base(portalUrl)
    {
        this.application = application;
        secrets = [application.ClientSecret];
    }

    internal override bool CanRenew => true;

    private protected override IEnumerable<string> GetSecrets() => Volatile.Read(ref secrets);

    public override string ToString() => $"OAuth application {application.ClientId} for {PortalUrl}";

    internal override string MethodPath(string method) => "rest/" + method;

    internal override async ValueTask<string?> AccessTokenAsync(string method, CancellationToken cancellationToken)
    {
        if (current is { } known)
        {
            return known.AccessToken;
        }

        Bitrix24Token? stored;
        try
        {
            stored = await application.Store.LoadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new Bitrix24AuthenticationException(StoreFailure(exception).For(method));
        }

        return Use(stored ?? throw new Bitrix24AuthenticationException(NoTokens().For(method))).AccessToken;
    }

    /// <summary>
    /// One renewal, however many calls ask for it. It goes on when they are cancelled: a refresh token that was sent is used up, and
    /// the new one must not be lost.
    /// </summary>
    internal override async Task<string> RenewAsync(string expired, string method, TokenEndpoint endpoint, CancellationToken cancellationToken)
    {
        Task<Renewal> renewal;
        lock (sync)
        {
            if (current is { } renewed && renewed.AccessToken != expired)
            {
                return renewed.AccessToken;
            }

            if (renewing is null || renewing.IsCompleted)
            {
                renewing = Task.Run(() => RenewOnceAsync(expired, endpoint), CancellationToken.None);
            }

            renewal = renewing;
        }

        var outcome = await renewal.WaitAsync(Timeout.InfiniteTimeSpan, endpoint.Runtime.TimeProvider, cancellationToken).ConfigureAwait(false);
        return outcome.Token?.AccessToken ?? throw new Bitrix24AuthenticationException(outcome.Failure!.For(method));
    }

    /// <exception cref="FormatException">An option is missing or wrong.</exception>
    internal static OAuthCredentials From(Bitrix24OAuthOptions options) =>
        new(PortalAddress.ParsePortal(options.PortalUrl ?? string.Empty), OAuthApplication.From(options));

    private async Task<Renewal> RenewOnceAsync(string expired, TokenEndpoint endpoint)
    {
        var runtime = endpoint.Runtime;
        try
        {
            using var timeout = runtime.NewTimeout();
            using (await application.Store.LockAsync(timeout.Token).ConfigureAwait(false))
            {
                if (unsaved is null)
                {
                    var stored = await application.Store.LoadAsync(timeout.Token).ConfigureAwait(false);
                    if (stored is null)
                    {
                        return new Renewal(NoTokens());
                    }

                    Remember(stored);
                    if (stored.AccessToken != expired)
                    {
                        // Another process has renewed them.
                        return new Renewal(Use(stored));
                    }

                    if (lastFailure is { } failure && failure.StillHolds(stored.RefreshToken, runtime.TimeProvider))
                    {
                        return new Renewal(failure.Reason);
                    }

                    try
                    {
                        unsaved = (await endpoint.RequestAsync(application, "refresh_token", "refresh_token", stored.RefreshToken).ConfigureAwait(false)).Token;
                    }
                    catch (Bitrix24Exception exception)
                    {
                        var reason = new FailedRenewal(exception);
                        lastFailure = new Failure(reason, stored.RefreshToken, exception is Bitrix24TransportException ? runtime.TimeProvider.GetTimestamp() : null);
                        Log.TokenNotRenewed(runtime.Logger, PortalUrl.Host, exception.RawErrorCode);
                        Telemetry.Renewed(succeeded: false);
                        return new Renewal(reason);
                    }
                }

                Remember(unsaved);
                await application.Store.SaveAsync(unsaved, CancellationToken.None).ConfigureAwait(false);
                var renewed = unsaved;
                unsaved = null;
                lastFailure = null;
                Log.TokenRenewed(runtime.Logger, PortalUrl.Host);
                Telemetry.Renewed(succeeded: true);
                return new Renewal(Use(renewed));
            }
        }
        catch (Exception exception)
        {
            Log.TokenNotRenewed(runtime.Logger, PortalUrl.Host, rawErrorCode: null);
            Telemetry.Renewed(succeeded: false);
            return new Renewal(StoreFailure(exception));
        }
    }

    private Bitrix24Token Use(Bitrix24Token token)
    {
        Remember(token);
        current = token;
        return token;
    }

    /// <summary>Of the pairs seen, the last two can still show up in what a portal answers.</summary>
    private void Remember(Bitrix24Token token)
    {
        lock (sync)
        {
            secrets = [application.ClientSecret, .. new[] { token.AccessToken, token.RefreshToken }.Concat(secrets.Skip(1)).Where(secret => secret.Length > 0).Distinct(StringComparer.Ordinal).Take(4)];
        }
    }

    private static FailedRenewal NoTokens() => new("the token store is empty; exchange an authorization code for the first tokens");

    private FailedRenewal StoreFailure(Exception exception) => new($"the token store failed ({exception.GetType().Name})")
    {
        Cause = Redact(exception.ToString()) == exception.ToString() ? exception : null,
    };

    /// <summary>What became of a renewal: a token, or a reason.</summary>
    private sealed class Renewal
    {
        public Renewal(Bitrix24Token token) => Token = token;

        public Renewal(FailedRenewal failure) => Failure = failure;

        public Bitrix24Token? Token { get; }

        public FailedRenewal? Failure { get; }
    }

    /// <summary>Why there is no token, to be told to each call that waited for it.</summary>
    private sealed class FailedRenewal(string text)
    {
        public FailedRenewal(Bitrix24Exception exception)
            : this($"the access token has expired and was not renewed: {exception.Message.TrimEnd('.')}")
        {
            Refusal = exception;
        }

        public Bitrix24Exception? Refusal { get; }

        public Exception? Cause { get; init; }

        /// <summary>The portal has refused the call because of the expired token, or the call was never sent: it did not run.</summary>
        public CallFailure For(string method) => new(method, CallExecution.NotExecuted, $"{method} failed: {text}.")
        {
            StatusCode = Refusal?.StatusCode,
            ErrorCode = Refusal?.ErrorCode ?? Bitrix24ErrorCode.Unknown,
            RawErrorCode = Refusal?.RawErrorCode,
            ErrorDescription = Refusal?.ErrorDescription,
            Cause = Cause,
        };
    }

    /// <summary>A refusal holds for its refresh token, for good; a server that could not be reached is left alone for a while.</summary>
    private sealed class Failure(FailedRenewal reason, string refreshToken, long? unreachableSince)
    {
        public FailedRenewal Reason { get; } = reason;

        public bool StillHolds(string currentRefreshToken, TimeProvider timeProvider) =>
            currentRefreshToken == refreshToken && (unreachableSince is not { } since || timeProvider.GetElapsedTime(since) < PauseAfterFailure);
    }
}
