using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bitrix24.Tests;

public sealed class NSwagSettingsTests
{
    /// <summary>NSwag silently ignores a misspelled key, so each key is looked up in a file that NSwag writes.</summary>
    [Fact]
    public async Task Every_key_of_nswag_json_is_known_to_NSwag()
    {
        using var folder = new TemporaryFolder();
        await DotNet.RunAsync(folder.Path, "exec", NSwagDll(), "new");
        var known = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder.Path, "nswag.json")))!;
        var ours = JsonNode.Parse(await File.ReadAllTextAsync(Repository.PathOf("nswag.json")))!;

        Assert.Empty(Unknown(ours, known, path: ""));
    }

    private static IEnumerable<string> Unknown(JsonNode ours, JsonNode? known, string path)
    {
        if (ours is not JsonObject members)
        {
            return [];
        }

        return members.SelectMany(member => known is JsonObject map && map.TryGetPropertyValue(member.Key, out var value)
            ? Unknown(member.Value!, value, path + "." + member.Key)
            : [path + "." + member.Key]);
    }

    /// <summary>Returns the path of NSwag, the first input of the last generation.</summary>
    private static string NSwagDll() => File.ReadLines(Repository.PathOf("src/Bitrix24.Generated/obj/nswag/inputs.txt")).First();
}
