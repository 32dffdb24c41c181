using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Bitrix24.Authentication;

/// <summary>
/// A lock on the file itself, which holds under every path to it: in a container that mounts only the file, its folder is another one. Only
/// Linux has such a lock that ends with its process, belongs to one open file, and lets others read.
/// </summary>
internal static class OpenFileLock
{
    private const int SetLock = 37;
    private const short WriteLock = 1;
    private const int TryAgain = 11;
    private const int AccessDenied = 13;

    /// <summary>Gets whether the system has such locks. The layout of the region is that of 64-bit systems.</summary>
    private static bool IsSupported =>
#if NET
        OperatingSystem.IsLinux() && Environment.Is64BitProcess;
#else
        RuntimeInformation.IsOSPlatform(OSPlatform.Linux) && Environment.Is64BitProcess;
#endif

    /// <summary>Locks a file until the stream is disposed of.</summary>
    /// <returns>The open file; <see langword="null"/> where the system has no such locks, or when the file cannot be opened.</returns>
    /// <exception cref="IOException">Another process holds the lock; see <see cref="TokenFile.IsHeldByAnother"/>.</exception>
    internal static FileStream? Take(string path)
    {
        if (!IsSupported || !File.Exists(path))
        {
            return null;
        }

        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception exception) when (TokenFile.IsRefusal(exception))
        {
            return null;
        }

        var region = new Region { Type = WriteLock };
        if (Control(stream.SafeFileHandle, SetLock, ref region) == 0)
        {
            return stream;
        }

        var error = Marshal.GetLastWin32Error();
        stream.Dispose();
        return error is TryAgain or AccessDenied ? throw new IOException("The file is locked.", TryAgain) : null;
    }

    [DllImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(SafeFileHandle file, int command, ref Region region);

    /// <summary>The region from the start of the file to its end: all values are zero.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Region
    {
        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int ProcessId;
    }
}
