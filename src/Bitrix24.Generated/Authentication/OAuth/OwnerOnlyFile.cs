#if !NET
using System.Reflection;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
#endif

namespace Bitrix24.Authentication;

/// <summary>Files that only their owner may read and write: mode 600. On Windows a file inherits the rights of its folder.</summary>
internal static class OwnerOnlyFile
{
    /// <summary>Opens a file exclusively. A file that does not exist is created with its mode.</summary>
    internal static FileStream Open(string path, FileMode mode, FileAccess access)
    {
#if NET
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return new FileStream(path, options);
#else
        if (RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
        {
            return new FileStream(path, mode, access, FileShare.None);
        }

        if (OpenWithMode(path, mode, access) is { } created)
        {
            return created;
        }

        var stream = new FileStream(path, mode, access, FileShare.None);
        if (ChangeMode(path, OwnerOnly) != 0)
        {
            stream.Dispose();
            throw NotProtected(path);
        }

        return stream;
#endif
    }

    /// <summary>Corrects the mode of a file that other users may read or write.</summary>
    /// <exception cref="TokenStoreException">The mode cannot be corrected.</exception>
    internal static void Protect(string path)
    {
#if NET
        if (OperatingSystem.IsWindows() || IsProtected(path))
        {
            return;
        }

        try
        {
            File.SetUnixFileMode(path, OwnerOnly);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw NotProtected(path, exception);
        }

        // Some file systems accept a mode and do not keep it.
        if (!IsProtected(path))
        {
            throw NotProtected(path);
        }
#else
        if (RuntimeInformation.IsOSPlatform(OSPlatform.Windows) || IsProtected(path))
        {
            return;
        }

        if (ChangeMode(path, OwnerOnly) != 0 || (GetMode is not null && !IsProtected(path)))
        {
            throw NotProtected(path);
        }
#endif
    }

    private static TokenStoreException NotProtected(string path, Exception? exception = null) => new(
        $"The file '{path}' is accessible to other users, and its mode cannot be changed to 600. Change its mode or its owner, or move it.",
        exception);

#if NET
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static bool IsProtected(string path) => File.GetUnixFileMode(path) == OwnerOnly;
#else
    private const int OwnerOnly = 0x180;

    private static readonly MethodInfo? GetMode = typeof(File).GetMethod("GetUnixFileMode", [typeof(string)]);

    private static bool IsProtected(string path) => GetMode is not null && (int)GetMode.Invoke(null, [path])! == OwnerOnly;

    /// <summary>
    /// netstandard2.0 lacks the options of modern .NET, where this assembly runs as well. A file that gets its mode after its creation can
    /// be opened by others in between.
    /// </summary>
    private static FileStream? OpenWithMode(string path, FileMode mode, FileAccess access)
    {
        var type = Type.GetType("System.IO.FileStreamOptions", throwOnError: false);
        if (type?.GetProperty("UnixCreateMode") is not { } unixCreateMode)
        {
            return null;
        }

        var options = Activator.CreateInstance(type)!;
        type.GetProperty("Mode")!.SetValue(options, mode);
        type.GetProperty("Access")!.SetValue(options, access);
        type.GetProperty("Share")!.SetValue(options, FileShare.None);
        unixCreateMode.SetValue(options, Enum.ToObject(Nullable.GetUnderlyingType(unixCreateMode.PropertyType)!, OwnerOnly));
        try
        {
            return (FileStream)Activator.CreateInstance(typeof(FileStream), path, options)!;
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
}
