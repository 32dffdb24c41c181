using Bitrix24.Http;

namespace Bitrix24.Authentication;

/// <summary>
/// The lock of a token store. A store that fails or hangs while it releases the lock must not change the outcome of a refresh whose tokens
/// are saved.
/// </summary>
internal sealed class NonThrowingLock(IAsyncDisposable held, HttpSender http) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        try
        {
            using var timeout = http.NewTimeout();
            await held.DisposeAsync().AsTask().WaitOrAbandonAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Ignored: the lock ends with its holder at the latest.
        }
    }
}
