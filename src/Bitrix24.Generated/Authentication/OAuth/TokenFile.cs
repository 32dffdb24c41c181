namespace Bitrix24.Authentication;

/// <summary>A token file, under the path that all links lead to, and the file beside it that replaces it.</summary>
/// <remarks>
/// A new pair is written beside the file and then moved over it. Where that is impossible (the file is a mount point, the folder is
/// read-only, the disk is full), the file is overwritten in one write, which needs no more space. A partial write is not read as a pair.
/// </remarks>
internal sealed class TokenFile(string path)
{
    private readonly string newPath = path + ".new";

    internal string FullPath => path;

    internal string LockPath => path + ".lock";

    /// <summary>Returns whether another process has the file open: the errors of Windows, and EAGAIN of Linux and macOS.</summary>
    internal static bool IsHeldByAnother(IOException exception) => (exception.HResult & 0xFFFF) is 32 or 33 or 11 or 35;

    /// <summary>Returns whether the file system refused an operation, and will refuse it again.</summary>
    internal static bool IsRefusal(Exception exception) =>
        exception is UnauthorizedAccessException || (exception is IOException failure && !IsHeldByAnother(failure));

    /// <summary>Reads the file, or the file beside it when a write was interrupted.</summary>
    /// <returns>The content; <see langword="null"/> when neither file is readable.</returns>
    internal TokenFileContent? Read()
    {
        var content = TokenFileContent.Read(path) ?? ReadNew();
        if (content is { IsEmpty: false })
        {
            OwnerOnlyFile.Protect(path);
        }

        return content;
    }

    /// <exception cref="TokenStoreException">The file cannot be written.</exception>
    internal void Write(Bitrix24Token token)
    {
        var bytes = TokenFileContent.Of(token, TokenFileContent.Read(path)).ToBytes();
        Explain(() =>
        {
            try
            {
                CreateNew(bytes);
                Replace();
            }
            catch (Exception exception) when (IsRefusal(exception) && File.Exists(path))
            {
                Overwrite(bytes);
                DeleteNew();
            }
        });
    }

    /// <summary>
    /// Completes the write of a process that was killed before the new pair replaced the file. A new pair that replaces another pair than
    /// the one in the file is older than the file.
    /// </summary>
    /// <returns>Whether the file was replaced.</returns>
    /// <exception cref="TokenStoreException">The file cannot be written.</exception>
    internal bool Recover()
    {
        var isReplaced = false;
        if (!File.Exists(newPath))
        {
            return isReplaced;
        }

        if (ReadNew() is { } successor && successor.Follows(TokenFileContent.Read(path)))
        {
            Explain(() =>
            {
                try
                {
                    Replace();
                    isReplaced = true;
                }
                catch (Exception exception) when (IsRefusal(exception) && File.Exists(path))
                {
                    Overwrite(successor.ToBytes());
                }
            });
        }

        if (!isReplaced)
        {
            DeleteNew();
        }

        return isReplaced;
    }

    /// <summary>Ensures that a pair can be saved. A refresh token must not be used for a pair that cannot be kept.</summary>
    /// <exception cref="TokenStoreException">The file cannot be written, or other users can read it.</exception>
    internal void Reserve() => Explain(() =>
    {
        if (!File.Exists(path))
        {
            CreateNew(TokenFileContent.Blanks(TokenFileContent.FileSize));
            File.Delete(newPath);
            return;
        }

        OwnerOnlyFile.Protect(path);
        using var stream = OpenToOverwrite();
        if (stream.Length < TokenFileContent.FileSize)
        {
            stream.Seek(0, SeekOrigin.End);
            Write(stream, TokenFileContent.Blanks(TokenFileContent.FileSize - (int)stream.Length));
        }
    });

    private static void Write(FileStream stream, byte[] bytes)
    {
        stream.Write(bytes, 0, bytes.Length);
        stream.Flush(flushToDisk: true);
    }

    private void Explain(Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception) when (IsRefusal(exception) && exception is not TokenStoreException)
        {
            throw new TokenStoreException(
                $"The token file '{path}' cannot be written ({exception.Message.TrimEnd('.')}). "
                    + "Let this process write to the file or to its folder, and free disk space.",
                exception);
        }
    }

    private TokenFileContent? ReadNew()
    {
        try
        {
            return TokenFileContent.Read(newPath) is { IsEmpty: false } content ? content : null;
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            return null;
        }
    }

    private void CreateNew(byte[] bytes)
    {
        File.Delete(newPath);
        using var stream = OwnerOnlyFile.Open(newPath, FileMode.CreateNew, FileAccess.Write);
        Write(stream, bytes);
    }

    private void Replace()
    {
#if NET
        File.Move(newPath, path, overwrite: true);
#else
        if (File.Exists(path))
        {
            File.Replace(newPath, path, destinationBackupFileName: null);
        }
        else
        {
            File.Move(newPath, path);
        }
#endif
    }

    private void Overwrite(byte[] bytes)
    {
        OwnerOnlyFile.Protect(path);
        using var stream = OpenToOverwrite();
        Write(stream, [.. bytes, .. TokenFileContent.Blanks(Math.Max(0, (int)stream.Length - bytes.Length))]);
    }

    /// <summary>Opens the file without a buffer, so that one write stays one. The holder of the lock has the file open as well.</summary>
    private FileStream OpenToOverwrite() =>
        new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);

    /// <summary>Deletes the new file. In a read-only folder it stays and does no harm: its pair is older than that in the file.</summary>
    private void DeleteNew()
    {
        try
        {
            File.Delete(newPath);
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
        }
    }
}
