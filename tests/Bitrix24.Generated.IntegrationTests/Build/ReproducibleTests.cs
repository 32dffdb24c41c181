namespace Bitrix24.Tests;

public sealed class ReproducibleTests
{
    [Fact]
    public async Task Two_builds_in_two_folders_give_the_same_bytes()
    {
        using var here = new RepositoryCopy();
        using var there = new RepositoryCopy();

        var first = await BuildAsync(here);
        var second = await BuildAsync(there);

        Assert.Equal(
            ["Bitrix24.Generated.dll", "Bitrix24.Generated.pdb", "Bitrix24.Generated.xml"],
            first.Keys.Order(StringComparer.Ordinal)
        );
        Assert.All(first, file => Assert.True(file.Value.AsSpan().SequenceEqual(second[file.Key]), file.Key));
    }

    private static async Task<Dictionary<string, byte[]>> BuildAsync(RepositoryCopy copy)
    {
        await copy.BuildAsync("-c", "Release", "-f", "netstandard2.0", "-p:ContinuousIntegrationBuild=true");
        return Directory
            .GetFiles(copy.PathOf("src/Bitrix24.Generated/bin/Release/netstandard2.0"), "Bitrix24.Generated.*")
            .Where(file => Path.GetExtension(file) is ".dll" or ".pdb" or ".xml")
            .ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes, StringComparer.Ordinal);
    }
}
