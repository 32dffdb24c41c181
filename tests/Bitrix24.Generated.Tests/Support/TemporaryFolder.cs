namespace Bitrix24.Tests;

/// <summary>Represents a folder that is deleted on disposal.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("bitrix24-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
