namespace Bitrix24;

/// <summary>Where the tokens of an OAuth 2.0 application are kept for one portal.</summary>
/// <remarks>
/// A refresh token can be used only once, so whoever renews the tokens holds the lock, reads them again, and saves the new
/// pair before anybody uses it. An implementation is safe for use by several threads. It writes <see cref="Bitrix24Token.AccessToken"/> and
/// <see cref="Bitrix24Token.RefreshToken"/> one by one: serializers leave them out of a <see cref="Bitrix24Token"/>.
/// </remarks>
public interface IBitrix24TokenStore
{
    /// <summary>Reads the tokens.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The tokens saved last; <see langword="null"/> when there are none.</returns>
    ValueTask<Bitrix24Token?> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Saves the tokens so that they survive what the store is meant to survive. After a failure the old ones are still there.</summary>
    /// <param name="token">The tokens.</param>
    /// <param name="cancellationToken">Stops saving.</param>
    /// <returns>A task that ends when the tokens are saved.</returns>
    ValueTask SaveAsync(Bitrix24Token token, CancellationToken cancellationToken);

    /// <summary>Waits until nobody else, in this process or another that shares the store, renews the tokens.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The lock; to dispose of it lets the next one in.</returns>
    ValueTask<IDisposable> LockAsync(CancellationToken cancellationToken);
}
