using System.Globalization;
#if !NET
using System.Reflection;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
#endif
using System.Text;
using Newtonsoft.Json;

namespace Bitrix24;

/// <summary>Keeps tokens in a file that several processes of one machine may share.</summary>
/// <remarks>
/// The file is JSON, readable and writable by its owner only (mode 600; on Windows it inherits the rights of its folder), and
/// replaced as a whole: who reads it finds the old pair or the new one, never half of one. A file of the same name with
/// <c>.lock</c> at its end serves as the lock.
/// </remarks>
public sealed class FileBitrix24TokenStore : IBitrix24TokenStore
{
    private static readonly TimeSpan LockPollInterval = TimeSpan.FromMilliseconds(20);

    private readonly string path;
    private readonly TimeProvider timeProvider;

    /// <summary>Makes a store. The file need not exist yet; its folder must.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="timeProvider">The clock that waiting for the lock goes by. Default: the system's.</param>
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
    /// <exception cref="InvalidDataException">The file holds something else.</exception>
    public ValueTask<Bitrix24Token?> LoadAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return File.Exists(path)
            ? new(Read(path) ?? throw new InvalidDataException("The token file holds no pair of tokens."))
            : default;
    }

    /// <inheritdoc/>
    public ValueTask SaveAsync(Bitrix24Token token, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(token);
        cancellationToken.ThrowIfCancellationRequested();
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        Json.Serializer.Serialize(text, new Content { AccessToken = token.AccessToken, RefreshToken = token.RefreshToken, ExpiresAt = token.ExpiresAt });
        File.Delete(NewPath);
        using (var stream = CreateForOwner(NewPath))
        {
            var bytes = Encoding.UTF8.GetBytes(text.ToString());
            stream.Write(bytes, 0, bytes.Length);
            stream.Flush(flushToDisk: true);
        }

        Replace();
        return default;
    }

    /// <inheritdoc/>
    public async ValueTask<IDisposable> LockAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            FileStream? held = null;
            try
            {
                // Held by the open file, so that it ends with its process whatever happens to that.
                held = new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                Recover();
                return held;
            }
            catch (IOException exception) when (IsHeldByAnother(exception))
            {
                // The lock, or the new pair by somebody who saves one without it.
                held?.Dispose();
                await Task.Delay(LockPollInterval, timeProvider, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                held?.Dispose();
                throw;
            }
        }
    }

    /// <summary>The error of a file that another process has opened: of Windows, or EAGAIN of Linux and of macOS.</summary>
    private static bool IsHeldByAnother(IOException exception) => (exception.HResult & 0xFFFF) is 32 or 33 or 11 or 35;

    private string NewPath => path + ".new";

    /// <summary>A process that was killed between writing and replacing has left the newest pair here: the other one is used up.</summary>
    private void Recover()
    {
        if (File.Exists(NewPath))
        {
            if (Read(NewPath) is not null)
            {
                Replace();
            }
            else
            {
                File.Delete(NewPath);
            }
        }
    }

    private void Replace()
    {
#if NET
        File.Move(NewPath, path, overwrite: true);
#else
        if (File.Exists(path))
        {
            File.Replace(NewPath, path, destinationBackupFileName: null);
        }
        else
        {
            File.Move(NewPath, path);
        }
#endif
    }

    /// <summary>The pair in a file; <see langword="null"/> when it holds something else.</summary>
    private static Bitrix24Token? Read(string file)
    {
        try
        {
            using var reader = new JsonTextReader(new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), Encoding.UTF8));
            return Json.Serializer.Deserialize<Content>(reader) is { AccessToken: { Length: > 0 } accessToken, RefreshToken: { Length: > 0 } refreshToken } content
                ? new Bitrix24Token { AccessToken = accessToken, RefreshToken = refreshToken, ExpiresAt = content.ExpiresAt }
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

#if NET
    private static FileStream CreateForOwner(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(file, options);
    }
#else
    private const int OwnerOnly = 0x180;

    private static FileStream CreateForOwner(string file)
    {
        if (RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
        {
            return new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        }

        if (CreateWithMode(file) is { } created)
        {
            return created;
        }

        var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        if (ChangeMode(file, OwnerOnly) != 0)
        {
            stream.Dispose();
            throw new IOException("The token file could not be kept from other users.");
        }

        return stream;
    }

    /// <summary>
    /// netstandard2.0 does not know the options of modern .NET, where this assembly runs as well: a file that gets its mode only after it is there can be opened by others in between.
    /// </summary>
    private static FileStream? CreateWithMode(string file)
    {
        var type = Type.GetType("System.IO.FileStreamOptions", throwOnError: false);
        if (type?.GetProperty("UnixCreateMode") is not { } unixCreateMode)
        {
            return null;
        }

        var options = Activator.CreateInstance(type)!;
        type.GetProperty("Mode")!.SetValue(options, FileMode.CreateNew);
        type.GetProperty("Access")!.SetValue(options, FileAccess.Write);
        type.GetProperty("Share")!.SetValue(options, FileShare.None);
        unixCreateMode.SetValue(options, Enum.ToObject(Nullable.GetUnderlyingType(unixCreateMode.PropertyType)!, OwnerOnly));
        try
        {
            return (FileStream)Activator.CreateInstance(typeof(FileStream), file, options)!;
        }
        catch (TargetInvocationException exception) when (exception.InnerException is IOException or UnauthorizedAccessException)
        {
            ExceptionDispatchInfo.Capture(exception.InnerException).Throw();
            throw;
        }
    }

    [DllImport("libc", EntryPoint = "chmod", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ChangeMode(string path, int mode);
#endif

    private sealed class Content
    {
        [JsonProperty("access_token")]
        public string? AccessToken { get; set; }

        [JsonProperty("refresh_token")]
        public string? RefreshToken { get; set; }

        [JsonProperty("expires_at", NullValueHandling = NullValueHandling.Ignore)]
        [JsonConverter(typeof(LenientScalarConverter))]
        public DateTimeOffset? ExpiresAt { get; set; }
    }
}
