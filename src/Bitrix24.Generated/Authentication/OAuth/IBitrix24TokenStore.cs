namespace Bitrix24;

/// <summary>Represents a store that keeps the tokens of one OAuth 2.0 application on one portal.</summary>
/// <remarks>
/// <para>
/// A refresh token is valid once. To refresh the tokens, the client takes the lock, loads the newest pair, requests a new one, saves it,
/// and releases the lock. It uses the new pair only after it is saved. The client can lose its authorization when a store breaks these
/// rules:
/// </para>
/// <list type="bullet">
/// <item><description>
/// At most one holder has the lock at a time, among all threads, processes and machines that share the store.
/// </description></item>
/// <item><description>
/// The lock ends with its holder: a process that was killed does not keep the others out for longer than a lease lasts.
/// </description></item>
/// <item><description>
/// A holder that lost the lock, for example because its lease expired, cannot save: <see cref="SaveAsync"/> fails and changes nothing.
/// </description></item>
/// <item><description>
/// A pair is durable when <see cref="SaveAsync"/> returns, and the next <see cref="LoadAsync"/> of any process returns it.
/// </description></item>
/// </list>
/// <para>
/// An implementation is safe for use by several threads. It may throw any exception: the call then fails with a
/// <see cref="Bitrix24AuthenticationException"/>, whose <see cref="Exception.InnerException"/> is that exception unless it contains a
/// secret. Serializers leave the tokens out of a <see cref="Bitrix24Token"/>, so write <see cref="Bitrix24Token.AccessToken"/> and
/// <see cref="Bitrix24Token.RefreshToken"/> one by one.
/// </para>
/// </remarks>
public interface IBitrix24TokenStore
{
    /// <summary>Gets the newest saved pair. The client calls it with and without the lock.</summary>
    /// <param name="cancellationToken">A token to cancel the operation.</param>
    /// <returns>The pair that was saved last, never a part of one; <see langword="null"/> when no pair was saved yet.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    ValueTask<Bitrix24Token?> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Saves a pair durably. The caller holds the lock.</summary>
    /// <param name="token">The pair.</param>
    /// <param name="cancellationToken">A token to cancel the operation. The client does not cancel it.</param>
    /// <returns>A task that completes when the pair is durable.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    /// <remarks>
    /// When it throws, the store still holds the old pair or already holds the new one. The client tries again up to three times, and keeps
    /// the pair in memory for the next refresh if all of them fail. It gives up waiting after
    /// <see cref="Bitrix24ClientOptions.AttemptTimeout"/> and releases the lock: a save that is still running must have no effect then.
    /// </remarks>
    ValueTask SaveAsync(Bitrix24Token token, CancellationToken cancellationToken);

    /// <summary>Waits for the lock. Throws, rather than returning a lock, when a pair could not be saved under it.</summary>
    /// <param name="cancellationToken">
    /// A token to cancel the operation. The client cancels it after <see cref="Bitrix24ClientOptions.AttemptTimeout"/>.
    /// </param>
    /// <returns>
    /// The lock. Disposing of it releases it; an exception that <see cref="IAsyncDisposable.DisposeAsync"/> throws is ignored.
    /// </returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    /// <remarks>
    /// The client holds the lock for a token exchange, which takes seconds and can take five minutes, or
    /// <see cref="Bitrix24ClientOptions.AttemptTimeout"/> if that is longer. A lease lasts longer than that, or is extended while the lock
    /// is held.
    /// </remarks>
    ValueTask<IAsyncDisposable> LockAsync(CancellationToken cancellationToken);
}
