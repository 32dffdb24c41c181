using Bitrix24.Specs;

namespace Bitrix24.Tests;

/// <summary>Loads the spec of this project.</summary>
internal static class ProjectSpec
{
    public static string Path { get; } = Repository.PathOf("spec");

    public static Task<SpecDocument> LoadAsync() => SpecDocument.LoadAsync(Path);
}
