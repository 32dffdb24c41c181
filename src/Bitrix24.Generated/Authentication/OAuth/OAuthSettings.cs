using System.Diagnostics;
using Bitrix24.Http;
using Bitrix24.Validation;

namespace Bitrix24.Authentication;

/// <summary>The checked options of an OAuth 2.0 application.</summary>
[DebuggerDisplay("{ClientId,nq}")]
internal sealed class OAuthSettings
{
    private const int SaveAttempts = 3;

    private static readonly TimeSpan PauseBeforeSavingAgain = TimeSpan.FromMilliseconds(200);

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

    /// <exception cref="FormatException">An option is missing or wrong.</exception>
    internal static OAuthSettings From(Bitrix24OAuthOptions options) => new(
        Required(options.ClientId, nameof(options.ClientId)),
        Required(options.ClientSecret, nameof(options.ClientSecret)),
        options.TokenStore ?? throw new FormatException("TokenStore is not set. Use FileBitrix24TokenStore, InMemoryBitrix24TokenStore or one of your own."),
        PortalUri.Parse(options.TokenEndpoint?.OriginalString ?? string.Empty, "TokenEndpoint", Bitrix24OAuthOptions.DefaultTokenEndpoint.OriginalString));

    /// <summary>A lock that comes too late is given back at once.</summary>
    /// <exception cref="TokenStoreException">The lock was not free in time.</exception>
    internal async Task<IDisposable> LockAsync(CancellationToken cancellationToken)
    {
        var locking = Store.LockAsync(cancellationToken).AsTask();
        try
        {
            return await locking.WaitOrAbandonAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _ = locking.ContinueWith(late => late.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            throw new TokenStoreException(
                "Its lock was not free in time. Another process may be refreshing the tokens, and may take minutes; make the call again.");
        }
    }

    /// <summary>What is not saved is lost with the process, so a store that fails is given a second chance, and a third.</summary>
    internal async Task SaveAsync(Bitrix24Token token, HttpSender http)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var timeout = http.NewTimeout();
                await Store.SaveAsync(token, CancellationToken.None).AsTask().WaitOrAbandonAsync(timeout.Token).ConfigureAwait(false);
                return;
            }
            catch (Exception) when (attempt < SaveAttempts)
            {
                await Task.Delay(PauseBeforeSavingAgain, http.TimeProvider, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private static string Required(string? value, string name) => !string.IsNullOrWhiteSpace(value) ? value!.Trim() : throw new FormatException($"{name} is not set.");
}
