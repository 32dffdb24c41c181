namespace Bitrix24.Authentication;

/// <summary>The lock of a token file. Open file handles hold it, so it ends with its process, however the process ends.</summary>
internal sealed class TokenFileLock : IAsyncDisposable
{
    private readonly FileStream? beside;
    private readonly FileStream? itself;

    /// <summary>Locks the file beside a token file, and the token file itself where that is possible.</summary>
    /// <exception cref="IOException">Another process holds a lock; see <see cref="TokenFile.IsHeldByAnother"/>.</exception>
    /// <exception cref="TokenStoreException">Neither file can be locked.</exception>
    private TokenFileLock(TokenFile file)
    {
        Exception? refusal = null;
        try
        {
            beside = OwnerOnlyFile.Open(file.LockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite);
        }
        catch (Exception exception) when (TokenFile.IsRefusal(exception))
        {
            refusal = exception;
        }

        try
        {
            itself = OpenFileLock.Take(file.FullPath);
        }
        catch
        {
            beside?.Dispose();
            throw;
        }

        if (beside is null && itself is null)
        {
            throw new TokenStoreException(
                $"The token file '{file.FullPath}' cannot be locked ({refusal!.Message.TrimEnd('.')}). "
                    + "Let this process write to its folder.",
                refusal);
        }
    }

    /// <summary>Takes the lock, and ensures that a pair can be saved.</summary>
    /// <returns>The lock; <see langword="null"/> when it is not free, or when the file was just replaced.</returns>
    /// <exception cref="TokenStoreException">The file cannot be locked, or not be written.</exception>
    internal static TokenFileLock? TryTake(TokenFile file)
    {
        TokenFileLock? held = null;
        try
        {
            held = new TokenFileLock(file);
            if (!file.Recover())
            {
                file.Reserve();
                return held;
            }
        }
        catch (IOException exception) when (TokenFile.IsHeldByAnother(exception))
        {
            // Another process holds the lock, or saves a pair without it.
        }
        catch
        {
            held?.Release();
            throw;
        }

        held?.Release();
        return null;
    }

    public ValueTask DisposeAsync()
    {
        Release();
        return default;
    }

    private void Release()
    {
        itself?.Dispose();
        beside?.Dispose();
    }
}
