using System.Diagnostics;
using Bitrix24.Diagnostics;
using Bitrix24.Errors;
using Bitrix24.Http;
using Bitrix24.Secrets;

namespace Bitrix24.Authentication;

/// <summary>Loads, locks, refreshes and saves the tokens of one application on one portal.</summary>
/// <param name="settings">The application and its token store.</param>
/// <param name="server">The portal; the authorization server while no portal is known.</param>
[DebuggerDisplay("{ToString(),nq}")]
internal sealed class TokenManager(OAuthSettings settings, Uri server)
{
    private const int MaxSaveAttempts = 3;

    private static readonly TimeSpan PauseBeforeSavingAgain = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// How long no request is sent to an authorization server that failed, or whose new token the portal reports as expired.
    /// </summary>
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(30);

    private readonly object sync = new();

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private TokenState state = new(settings.ClientSecret);

    public OAuthSettings Settings => settings;

    /// <summary>Gets the texts that must not show anywhere but on the wire.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public IEnumerable<string> Secrets => State.Secrets;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private TokenState State
    {
        get
        {
            lock (sync)
            {
                return state;
            }
        }
    }

    public override string ToString() => $"OAuth application {settings.ClientId}";

    /// <summary>Returns the access token. The store is read when no token is known yet.</summary>
    internal ValueTask<TokenResult> GetAsync(HttpSender http, CancellationToken cancellationToken) =>
        State.Current is { } current ? new(TokenResult.Of(current.AccessToken)) : ReloadAsync(http, cancellationToken);

    /// <summary>Reads the store: another process may have refreshed the tokens.</summary>
    internal async ValueTask<TokenResult> ReloadAsync(HttpSender http, CancellationToken cancellationToken)
    {
        var before = State.Current;
        try
        {
            using var timeout = http.NewTimeout();
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
            var stored = await LoadAsync(either.Token).ConfigureAwait(false);
            if (Validate(stored) is { } error)
            {
                return TokenResult.Failed(error);
            }

            // A refresh may have been faster.
            var updated = Update(known =>
                known.Track(stored!) with { Current = ReferenceEquals(known.Current, before) ? stored : known.Current });
            return TokenResult.Of(updated.Current!.AccessToken);
        }
        catch (Exception exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return TokenResult.Failed(StoreFailure(exception));
        }
    }

    /// <summary>
    /// Refreshes the tokens once, however many calls ask for it. A canceled call does not stop the refresh: a refresh token that was sent
    /// is no longer valid, and the new one must not be lost.
    /// </summary>
    internal async Task<TokenResult> RefreshAsync(string expired, HttpSender http, CancellationToken cancellationToken)
    {
        Task<TokenResult> refresh;
        lock (sync)
        {
            if (state.Current is { } current && current.AccessToken != expired)
            {
                return TokenResult.Of(current.AccessToken);
            }

            refresh = state.Refresh is { IsCompleted: false } running
                ? running
                : Task.Run(() => RefreshOnceAsync(expired, http), CancellationToken.None);
            state = state with { Refresh = refresh };
        }

        try
        {
            return await refresh.WaitAsync(OAuthTimeouts.RefreshWait(http), http.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return Expired(
                "the access token has expired, and its refresh takes too long; the refresh goes on, so make the call again later");
        }
    }

    /// <summary>Exchanges an authorization code for the first pair and saves it.</summary>
    /// <exception cref="Bitrix24Exception">
    /// The authorization server refused the code, gave no readable response, or the store failed.
    /// </exception>
    internal async Task<Bitrix24Authorization> ExchangeAsync(string code, HttpSender http)
    {
        var execution = CallExecution.NotExecuted;
        try
        {
            // A code is valid once: it is not sent before the lock guarantees that the tokens can be saved.
            using var timeout = http.NewTimeout();
            await using var held = (await LockAsync(http, timeout.Token).ConfigureAwait(false)).ConfigureAwait(false);
            execution = CallExecution.Unknown;
            var authorization = await new TokenClient(http)
                .RequestAsync(settings, "authorization_code", "code", code)
                .ConfigureAwait(false);
            Update(known => known.Track(authorization.Token));
            await SaveAsync(authorization.Token, http).ConfigureAwait(false);
            return authorization;
        }
        catch (Bitrix24Exception exception) when (exception is Bitrix24TransportException or Bitrix24AuthenticationException)
        {
            throw;
        }
        catch (Bitrix24Exception exception)
        {
            throw new Bitrix24AuthenticationException(new ErrorDetails(exception.Method, exception.Execution, exception.Message)
            {
                StatusCode = exception.StatusCode,
                ErrorCode = exception.ErrorCode,
                RawErrorCode = exception.RawErrorCode,
                ErrorDescription = exception.ErrorDescription,
            });
        }
        catch (Exception exception)
        {
            var message = $"{TokenClient.Name} failed: {TokenStoreException.Describe(exception)}.";
            throw new Bitrix24AuthenticationException(new ErrorDetails(TokenClient.Name, execution, message)
            {
                Cause = Redaction.IsClean(exception, text => Redaction.Remove(text, server, Secrets.Append(code))) ? exception : null,
            });
        }
    }

    private async Task<TokenResult> RefreshOnceAsync(string expired, HttpSender http)
    {
        TokenResult result;
        try
        {
            using var timeout = http.NewTimeout();
            await using var held = (await LockAsync(http, timeout.Token).ConfigureAwait(false)).ConfigureAwait(false);
            result = await RefreshUnderLockAsync(expired, http, timeout.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            result = TokenResult.Failed(StoreFailure(exception));
        }

        if (result.Error is { } error)
        {
            var rawCode = error.Refusal?.RawErrorCode is { } code ? PlainText.ToSingleLine(code) : null;
            Log.TokenNotRefreshed(http.Logger, server.Host, error.Reason, rawCode);
            Telemetry.Refreshed(succeeded: false);
        }

        return result;
    }

    private async Task<TokenResult> RefreshUnderLockAsync(string expired, HttpSender http, CancellationToken cancellationToken)
    {
        var stored = await LoadAsync(cancellationToken).ConfigureAwait(false);
        if (Validate(stored) is { } invalid)
        {
            return TokenResult.Failed(invalid);
        }

        // An unsaved pair is obsolete when the store holds another pair than the one that it replaced.
        var refreshToken = stored!.RefreshToken;
        var known = Update(known => known.Track(stored) with { Unsaved = known.Unsaved?.Replaced == refreshToken ? known.Unsaved : null });
        var issued = known.Unsaved;
        if (issued is null)
        {
            if (stored.AccessToken != expired)
            {
                // Another process has refreshed the tokens.
                Update(known => known with { Current = stored });
                return TokenResult.Of(stored.AccessToken);
            }

            if (known.LastIssued is { } last
                && last.Token.AccessToken == expired
                && last.IsYoungerThan(PauseAfterFailure, http.TimeProvider))
            {
                return Expired("the portal says that an access token that was just issued has expired");
            }

            if (known.LastFailure is { } failure && failure.StillHolds(refreshToken, PauseAfterFailure, http.TimeProvider))
            {
                return TokenResult.Failed(failure.Error);
            }

            try
            {
                issued = await IssueAsync(refreshToken, http).ConfigureAwait(false);
            }
            catch (Bitrix24Exception exception)
            {
                var message = $"the access token has expired and was not refreshed: {exception.Message.TrimEnd('.')}";
                var error = new TokenError(message) { Refusal = exception };
                Update(known => known with { LastFailure = new RefreshFailure(error, refreshToken, http.TimeProvider.GetTimestamp()) });
                return TokenResult.Failed(error);
            }
        }

        Update(known => known.Track(issued.Token) with { Unsaved = issued });
        await SaveAsync(issued.Token, http).ConfigureAwait(false);
        Log.TokenRefreshed(http.Logger, server.Host);
        Telemetry.Refreshed(succeeded: true);
        Update(known => known with { Current = issued.Token, Unsaved = null, LastIssued = issued, LastFailure = null });
        return TokenResult.Of(issued.Token.AccessToken);
    }

    private async Task<IssuedToken> IssueAsync(string refreshToken, HttpSender http)
    {
        var authorization = await new TokenClient(http)
            .RequestAsync(settings, "refresh_token", "refresh_token", refreshToken)
            .ConfigureAwait(false);
        return new IssuedToken(authorization.Token, refreshToken, http.TimeProvider.GetTimestamp());
    }

    private Task<Bitrix24Token?> LoadAsync(CancellationToken cancellationToken) =>
        settings.Store.LoadAsync(cancellationToken).AsTask().WaitOrAbandonAsync(cancellationToken);

    /// <summary>Waits for the lock. A lock that is acquired too late is released at once.</summary>
    /// <exception cref="TokenStoreException">The lock was not free in time.</exception>
    private async Task<NonThrowingLock> LockAsync(HttpSender http, CancellationToken cancellationToken)
    {
        var locking = settings.Store.LockAsync(cancellationToken).AsTask();
        try
        {
            return new NonThrowingLock(await locking.WaitOrAbandonAsync(cancellationToken).ConfigureAwait(false), http);
        }
        catch (OperationCanceledException)
        {
            _ = locking.ContinueWith(
                late => new NonThrowingLock(late.Result, http).DisposeAsync().AsTask(),
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnRanToCompletion,
                TaskScheduler.Default);
            throw new TokenStoreException(
                "Its lock was not free in time. Another process may be refreshing the tokens, and may take minutes; make the call again.");
        }
    }

    /// <summary>Saves a pair, and tries again when the store fails: a pair that is not saved is lost with the process.</summary>
    private async Task SaveAsync(Bitrix24Token token, HttpSender http)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var timeout = http.NewTimeout();
                var saving = settings.Store.SaveAsync(token, CancellationToken.None).AsTask();
                await saving.WaitOrAbandonAsync(timeout.Token).ConfigureAwait(false);
                return;
            }
            catch (Exception) when (attempt < MaxSaveAttempts)
            {
                await Task.Delay(PauseBeforeSavingAgain, http.TimeProvider, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private TokenState Update(Func<TokenState, TokenState> change)
    {
        lock (sync)
        {
            return state = change(state);
        }
    }

    private static TokenError? Validate(Bitrix24Token? stored) =>
        stored is null ? new TokenError("the token store is empty; exchange an authorization code for the first tokens")
        : string.IsNullOrEmpty(stored.AccessToken) || string.IsNullOrEmpty(stored.RefreshToken)
            ? new TokenError("the token store holds a pair without an access token or without a refresh token")
        : null;

    private static TokenResult Expired(string text) =>
        TokenResult.Failed(new TokenError(text) { ErrorCode = Bitrix24ErrorCode.ExpiredToken });

    private TokenError StoreFailure(Exception exception) => new(TokenStoreException.Describe(exception))
    {
        Cause = Redaction.IsClean(exception, text => Redaction.Remove(text, server, Secrets)) ? exception : null,
    };
}
