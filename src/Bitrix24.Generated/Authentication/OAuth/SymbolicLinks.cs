#if !NET
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
#endif

namespace Bitrix24.Authentication;

/// <summary>Follows symbolic links, so that all paths to a file give one path.</summary>
internal static class SymbolicLinks
{
    private const int MaxLinks = 40;

    /// <summary>Returns the path without symbolic links in the file or its folders. The file need not exist.</summary>
    /// <exception cref="TokenStoreException">The links form a loop.</exception>
    internal static string Resolve(string fullPath)
    {
        var resolved = Path.GetPathRoot(fullPath)!;
        var rest = new Stack<string>();
        Push(rest, fullPath.Substring(resolved.Length));
        for (var links = 0; rest.Count > 0;)
        {
            var name = rest.Pop();
            var next = Path.Combine(resolved, name);
            if (name == "..")
            {
                resolved = Path.GetDirectoryName(resolved) ?? resolved;
            }
            else if (TargetOf(next, isFolder: rest.Count > 0) is not { } target)
            {
                resolved = next;
            }
            else if (++links > MaxLinks)
            {
                throw new TokenStoreException(
                    FormattableString.Invariant($"The path '{fullPath}' contains more than {MaxLinks} symbolic links. Remove the loop."));
            }
            else
            {
                var root = Path.GetPathRoot(target)!;
                resolved = root.Length == 0 ? resolved : root;
                Push(rest, target.Substring(root.Length));
            }
        }

        return resolved;
    }

    private static void Push(Stack<string> rest, string path)
    {
        var names = path.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);
        foreach (var name in Enumerable.Reverse(names).Where(name => name is not ("" or ".")))
        {
            rest.Push(name);
        }
    }

#if NET
    private static string? TargetOf(string path, bool isFolder) =>
        (isFolder ? (FileSystemInfo)new DirectoryInfo(path) : new FileInfo(path)).LinkTarget;
#else
    private const int MaxPath = 4096;

    private static readonly PropertyInfo? LinkTarget = typeof(FileSystemInfo).GetProperty("LinkTarget");

    /// <summary>netstandard2.0 cannot read links. On Windows the runtime can, unless it is the .NET Framework.</summary>
    private static string? TargetOf(string path, bool isFolder)
    {
        if (RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
        {
            return LinkTarget?.GetValue(isFolder ? new DirectoryInfo(path) : new FileInfo(path)) as string;
        }

        var target = new byte[MaxPath];
        var length = (int)ReadLink(path, target, (IntPtr)target.Length);
        return length > 0 ? Encoding.UTF8.GetString(target, 0, length) : null;
    }

    [DllImport("libc", EntryPoint = "readlink", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern IntPtr ReadLink(string path, byte[] target, IntPtr size);
#endif
}
