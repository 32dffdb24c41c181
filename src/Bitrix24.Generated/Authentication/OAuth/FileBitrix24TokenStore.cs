using Bitrix24.Authentication;

namespace Bitrix24;

/// <summary>Represents a token store in a file that several processes of one machine may share.</summary>
/// <remarks>
/// <para>
/// The file is JSON, readable and writable by its owner only (mode 600; on Windows it inherits the rights of its folder). It is replaced as
/// a whole, or overwritten where it cannot be replaced. A reader gets the old pair or the new one, never a part of one.
/// </para>
/// <para>
/// Symbolic links are followed, except on the .NET Framework. The store creates two files beside the file that they lead to: <c>.lock</c>
/// at the end of the name is the lock, <c>.new</c> is a new pair. On Linux the file itself is locked as well.
/// </para>
/// </remarks>
public sealed class FileBitrix24TokenStore : IBitrix24TokenStore
{
    private const int MaxReads = 3;

    private static readonly TimeSpan LockPollInterval = TimeSpan.FromMilliseconds(20);

    private readonly string path;
    private readonly TimeProvider timeProvider;

    /// <summary>Initializes a new instance of the <see cref="FileBitrix24TokenStore"/> class.</summary>
    /// <param name="path">The path of the file, which need not exist yet. Its folder must exist.</param>
    /// <param name="timeProvider">The clock for waits. Default: the clock of the system.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is <see langword="null"/> or blank.</exception>
    public FileBitrix24TokenStore(string path, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (string.IsNullOrWhiteSpace(path))
        {
            throw new ArgumentException("The path is blank.", nameof(path));
        }

        this.path = Path.GetFullPath(path);
        this.timeProvider = timeProvider ?? TimeProvider.System;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The file does not hold a pair of tokens.</exception>
    /// <exception cref="IOException">Other users can access the file, and its mode cannot be changed.</exception>
    public async ValueTask<Bitrix24Token?> LoadAsync(CancellationToken cancellationToken)
    {
        for (var reads = 1; ; reads++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (File().Read() is { } content)
            {
                return content.Token;
            }

            if (reads == MaxReads)
            {
                throw new InvalidDataException(
                    "The token file holds no pair of tokens. If you have edited it, remove its member \"check\".");
            }

            // Another process may be overwriting it.
            await Task.Delay(LockPollInterval, timeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public ValueTask SaveAsync(Bitrix24Token token, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(token);
        cancellationToken.ThrowIfCancellationRequested();
        File().Write(token);
        return default;
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The file cannot be locked, or a pair could not be saved to it.</exception>
    public async ValueTask<IAsyncDisposable> LockAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TokenFileLock.TryTake(File()) is { } held)
            {
                return held;
            }

            await Task.Delay(LockPollInterval, timeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Follows links each time: a link may have replaced the file.</summary>
    private TokenFile File() => new(SymbolicLinks.Resolve(path));
}
