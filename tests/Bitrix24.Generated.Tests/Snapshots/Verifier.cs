using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using DiffEngine;
using Xunit.Sdk;

namespace VerifyXunit;

/// <summary>
/// Compares a text with the file Class.Method.verified.ext next to the test. It has the name and rules of Verify, so that
/// -p:SnapshotEngine=Verify can replace it with Verify itself.
/// </summary>
public static class Verifier
{
    private static readonly UTF8Encoding Utf8WithMark = new(encoderShouldEmitUTF8Identifier: true);

    // Some file systems do not distinguish names that differ only in case.
    private static readonly ConcurrentDictionary<string, byte> Used = new(StringComparer.OrdinalIgnoreCase);

    public static async Task Verify(
        string? target,
        string extension,
        [CallerFilePath] string sourceFile = "",
        [CallerMemberName] string method = ""
    )
    {
        var received = WithPlainLineEnds(target ?? "null");
        var path = Path.Combine(Path.GetDirectoryName(sourceFile)!, $"{Path.GetFileNameWithoutExtension(sourceFile)}.{method}");
        var verifiedPath = $"{path}.verified.{extension}";
        var receivedPath = $"{path}.received.{extension}";

        if (!Used.TryAdd(path, 0))
        {
            throw new XunitException($"{path} was compared before in this run. Give each test one text.");
        }

        // An empty file contains nothing verified. An accepted empty text has a byte order mark.
        var isVerified = new FileInfo(verifiedPath) is { Exists: true, Length: > 0 };
        var verified = isVerified ? WithPlainLineEnds(await File.ReadAllTextAsync(verifiedPath)) : null;
        if (
            string.Equals(verified, received, StringComparison.Ordinal)
            || string.Equals(verified, received + "\n", StringComparison.Ordinal)
        )
        {
            File.Delete(receivedPath);
            return;
        }

        await File.WriteAllTextAsync(receivedPath, received, Utf8WithMark);
        if (!BuildServerDetector.Detected)
        {
            await DiffRunner.LaunchForTextAsync(receivedPath, verifiedPath, Utf8WithMark);
        }

        throw new XunitException(
            $"The text differs from {verifiedPath}. Compare it with {receivedPath}; if the change is meant, make that the verified "
                + $"file.{FirstDifference(verified, received)}"
        );
    }

    private static string WithPlainLineEnds(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');

    private static string FirstDifference(string? verified, string received)
    {
        if (verified is null)
        {
            return "\nNothing is verified yet.";
        }

        var expected = verified.Split('\n');
        var actual = received.Split('\n');
        var line = Enumerable
            .Range(0, Math.Max(expected.Length, actual.Length))
            .First(index => !string.Equals(expected.ElementAtOrDefault(index), actual.ElementAtOrDefault(index), StringComparison.Ordinal));
        return $"\nLine {line + 1}, verified: {expected.ElementAtOrDefault(line) ?? "(end)"}\nLine {line + 1}, received: "
            + $"{actual.ElementAtOrDefault(line) ?? "(end)"}";
    }
}
