using System.Diagnostics;
using Bitrix24.Diagnostics;
using Bitrix24.Errors;
using Bitrix24.Operations;
using Bitrix24.Pipeline;
using Bitrix24.Secrets;
using Bitrix24.Validation;

namespace Bitrix24.Authentication;

/// <summary>An OAuth 2.0 application: it renews its access token when a portal says that it has expired, and only then.</summary>
internal sealed class OAuthCredentials : Bitrix24Credentials
{
    /// <summary>How long nothing is asked of an authorization server that failed, or whose new token a portal takes for an expired one.</summary>
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(30);

    private readonly object sync = new();
    private readonly OAuthApplication application;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private Bitrix24Token? current;

    // Issued, but not yet in the store. It must get there before it is used: the pair in the store is worth nothing any more.
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private Issued? unsaved;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private Issued? lastIssued;

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

    internal override string ChargedTo => $"{PortalAddress.KeyOf(PortalUrl)} {application.ClientId}";

    private protected override IEnumerable<string> GetSecrets() => Volatile.Read(ref secrets);

    public override string ToString() => $"OAuth application {application.ClientId} for {PortalUrl}";

    internal override string MethodPath(Operation operation) => operation.Root + operation.Method;

    internal override ValueTask<string?> AccessTokenAsync(Call call, ClientRuntime runtime, CancellationToken cancellationToken) =>
        Volatile.Read(ref current) is { } known ? new(known.AccessToken) : LoadAsync(call, runtime, cancellationToken);

    internal override ValueTask<string?> ReloadAsync(Call call, ClientRuntime runtime, CancellationToken cancellationToken) => LoadAsync(call, runtime, cancellationToken);

    /// <summary>
    /// One renewal, however many calls ask for it. It goes on when they are cancelled: a refresh token that was sent is used up, and
    /// the new one must not be lost.
    /// </summary>
    internal override async Task RenewAsync(string expired, Call call, TokenEndpoint endpoint, CancellationToken cancellationToken)
    {
        var runtime = endpoint.Runtime;
        Task<Renewal> renewal;
        lock (sync)
        {
            if (Volatile.Read(ref current) is { } renewed && renewed.AccessToken != expired)
            {
                return;
            }

            if (renewing is null || renewing.IsCompleted)
            {
                renewing = Task.Run(() => RenewOnceAsync(expired, endpoint), CancellationToken.None);
            }

            renewal = renewing;
        }

        Renewal outcome;
        try
        {
            outcome = await renewal.WaitAsync(runtime.RenewalTimeout, runtime.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            outcome = new Renewal(
                "the access token has expired, and its refresh takes too long; the refresh goes on, so make the call again later");
        }

        if (outcome.Problem is { } problem)
        {
            throw new Bitrix24AuthenticationException(problem.For(call));
        }
    }

    /// <exception cref="FormatException">An option is missing or wrong.</exception>
    internal static OAuthCredentials From(Bitrix24OAuthOptions options) =>
        new(PortalAddress.ParsePortal(options.PortalUrl ?? string.Empty), OAuthApplication.From(options));

    private async ValueTask<string?> LoadAsync(Call call, ClientRuntime runtime, CancellationToken cancellationToken)
    {
        Problem problem;
        var before = Volatile.Read(ref current);
        try
        {
            using var timeout = runtime.NewTimeout();
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
            var stored = await application.Store.LoadAsync(either.Token).AsTask().UntilAsync(either.Token).ConfigureAwait(false);
            if (Flaw(stored) is not { } flaw)
            {
                // A renewal may have been faster than this.
                Remember(stored!);
                var known = Interlocked.CompareExchange(ref current, stored, before);
                return (ReferenceEquals(known, before) ? stored! : known!).AccessToken;
            }

            problem = flaw;
        }
        catch (Exception exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            problem = StoreFailure(exception);
        }

        throw new Bitrix24AuthenticationException(problem.For(call));
    }

    private async Task<Renewal> RenewOnceAsync(string expired, TokenEndpoint endpoint)
    {
        var runtime = endpoint.Runtime;
        Renewal renewal;
        try
        {
            using var timeout = runtime.NewTimeout();
            using (await application.LockAsync(timeout.Token).ConfigureAwait(false))
            {
                renewal = await RenewUnderLockAsync(expired, endpoint, timeout.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            renewal = new Renewal(StoreFailure(exception));
        }

        if (renewal.Problem is { } problem)
        {
            Log.TokenNotRenewed(runtime.Logger, PortalUrl.Host, problem.Reason, problem.Refusal?.RawErrorCode is { } code ? PlainText.Quote(code) : null);
            Telemetry.Renewed(succeeded: false);
        }

        return renewal;
    }

    private async Task<Renewal> RenewUnderLockAsync(string expired, TokenEndpoint endpoint, CancellationToken cancellationToken)
    {
        var runtime = endpoint.Runtime;
        var stored = await application.Store.LoadAsync(cancellationToken).AsTask().UntilAsync(cancellationToken).ConfigureAwait(false);
        if (Flaw(stored) is { } flaw)
        {
            return new Renewal(flaw);
        }

        Remember(stored!);
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
                return new Renewal();
            }

            if (lastIssued is { } issued && issued.Token.AccessToken == expired && issued.IsYoung(runtime.TimeProvider, PauseAfterFailure))
            {
                return new Renewal("the portal says that an access token that was just issued has expired");
            }

            if (lastFailure is { } failure && failure.StillHolds(stored.RefreshToken, runtime.TimeProvider, PauseAfterFailure))
            {
                return new Renewal(failure.Reason);
            }

            try
            {
                var authorization = await endpoint.RequestAsync(application, "refresh_token", "refresh_token", stored.RefreshToken).ConfigureAwait(false);
                unsaved = new Issued(authorization.Token, stored.RefreshToken, runtime.TimeProvider.GetTimestamp());
            }
            catch (Bitrix24Exception exception)
            {
                var problem = new Problem($"the access token has expired and was not renewed: {exception.Message.TrimEnd('.')}") { Refusal = exception };
                lastFailure = new Failure(problem, stored.RefreshToken, runtime.TimeProvider.GetTimestamp());
                return new Renewal(problem);
            }
        }

        Remember(unsaved.Token);
        await application.SaveAsync(unsaved.Token, runtime).ConfigureAwait(false);
        lastIssued = unsaved;
        unsaved = null;
        lastFailure = null;
        Log.TokenRenewed(runtime.Logger, PortalUrl.Host);
        Telemetry.Renewed(succeeded: true);
        Volatile.Write(ref current, lastIssued.Token);
        return new Renewal();
    }

    /// <summary>Of the pairs seen, the last two can still show up in what a portal answers.</summary>
    private void Remember(Bitrix24Token token)
    {
        lock (sync)
        {
            secrets = [application.ClientSecret, .. new[] { token.AccessToken, token.RefreshToken }.Concat(secrets.Skip(1)).Distinct(StringComparer.Ordinal).Take(4)];
        }
    }

    private static Problem? Flaw(Bitrix24Token? stored) =>
        stored is null ? new Problem("the token store is empty; exchange an authorization code for the first tokens")
        : string.IsNullOrEmpty(stored.AccessToken) || string.IsNullOrEmpty(stored.RefreshToken) ? new Problem("the token store holds a pair without an access token or without a refresh token")
        : null;

    private Problem StoreFailure(Exception exception) => new(TokenStoreException.Describe(exception))
    {
        Cause = Redaction.IsClean(exception, Redact) ? exception : null,
    };

    /// <summary>What became of a renewal: nothing to tell, or a problem.</summary>
    private sealed class Renewal(Problem? problem = null)
    {
        public Renewal(string problem)
            : this(new Problem(problem) { ErrorCode = Bitrix24ErrorCode.ExpiredToken })
        {
        }

        public Problem? Problem { get; } = problem;
    }

    /// <summary>Why there is no token, to be told to each call that waited for it.</summary>
    private sealed class Problem(string text)
    {
        public Bitrix24Exception? Refusal { get; init; }

        public Bitrix24ErrorCode ErrorCode { get; init; }

        public Exception? Cause { get; init; }

        /// <summary>Gets what a log says of it: nothing that a server sent.</summary>
        public string Reason => Refusal is null ? text : FailureReason.Of(Refusal);

        /// <summary>The portal has refused the call because of the expired token, or the call was never sent: it did not run.</summary>
        public CallFailure For(Call call) => new(call.Method, CallExecution.NotExecuted, $"{call.Method} failed: {text}.")
        {
            Attempts = call.Attempts,
            StatusCode = Refusal?.StatusCode,
            ErrorCode = Refusal?.ErrorCode ?? ErrorCode,
            RawErrorCode = Refusal?.RawErrorCode,
            ErrorDescription = Refusal?.ErrorDescription,
            Reason = Refusal is null ? text : "TokenNotRenewed, " + FailureReason.NameOf(Refusal),
            Cause = Cause,
        };
    }

    /// <summary>A pair that the authorization server gave for a refresh token.</summary>
    private sealed class Issued(Bitrix24Token token, string replaced, long issuedAt)
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
    private sealed class Failure(Problem reason, string refreshToken, long failedAt)
    {
        [DebuggerBrowsable(DebuggerBrowsableState.Never)]
        private readonly string refreshToken = refreshToken;

        public Problem Reason { get; } = reason;

        public bool StillHolds(string currentRefreshToken, TimeProvider timeProvider, TimeSpan pause) =>
            currentRefreshToken == refreshToken
            && (IsFinal || timeProvider.GetElapsedTime(failedAt) < pause);

        private bool IsFinal =>
            Reason.Refusal is Bitrix24AuthenticationException { Retry: RetryAdvice.Never, ErrorCode: not Bitrix24ErrorCode.Unknown };
    }
}
