using System.Runtime.CompilerServices;
using System.Text;
using DiffEngine;
using Xunit.Sdk;

namespace VerifyXunit;

/// <summary>
/// Compares a text with the file Class.Method.verified.ext beside the test, by the rules of Verify and under its name, so that
/// -p:SnapshotEngine=Verify can put the real engine in its place.
/// </summary>
public static class Verifier
{
    private static readonly UTF8Encoding Utf8WithMark = new(encoderShouldEmitUTF8Identifier: true);

    public static async Task Verify(string? target, string extension, [CallerFilePath] string sourceFile = "", [CallerMemberName] string method = "")
    {
        var received = (target ?? "null").Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        var path = Path.Combine(Path.GetDirectoryName(sourceFile)!, $"{Path.GetFileNameWithoutExtension(sourceFile)}.{method}");
        var verifiedPath = $"{path}.verified.{extension}";
        var receivedPath = $"{path}.received.{extension}";

        var verified = File.Exists(verifiedPath) ? (await File.ReadAllTextAsync(verifiedPath)).Replace("\r\n", "\n", StringComparison.Ordinal) : string.Empty;
        if (verified.Length > 0 && (string.Equals(verified, received, StringComparison.Ordinal) || string.Equals(verified, received + "\n", StringComparison.Ordinal)))
        {
            File.Delete(receivedPath);
            return;
        }

        await File.WriteAllTextAsync(receivedPath, received, Utf8WithMark);
        if (!BuildServerDetector.Detected)
        {
            await DiffRunner.LaunchForTextAsync(receivedPath, verifiedPath, Utf8WithMark);
        }

        throw new XunitException($"The text differs from {verifiedPath}. Compare it with {receivedPath}; if the change is meant, make that the verified file.{FirstDifference(verified, received)}");
    }

    private static string FirstDifference(string verified, string received)
    {
        var expected = verified.Split('\n');
        var actual = received.Split('\n');
        var line = Enumerable.Range(0, Math.Max(expected.Length, actual.Length)).First(index => !string.Equals(expected.ElementAtOrDefault(index), actual.ElementAtOrDefault(index), StringComparison.Ordinal));
        return $"\nLine {line + 1}, verified: {expected.ElementAtOrDefault(line) ?? "(end)"}\nLine {line + 1}, received: {actual.ElementAtOrDefault(line) ?? "(end)"}";
    }
}
