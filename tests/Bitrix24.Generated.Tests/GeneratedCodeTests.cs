using VerifyXunit;

namespace Bitrix24.Tests;

public sealed class GeneratedCodeTests
{
    [Fact]
    public async Task Generated_client()
    {
        var code = await File.ReadAllTextAsync(Repository.PathOf("src/Bitrix24.Generated/obj/nswag/Bitrix24Client.g.cs"));

        await Verifier.Verify(code, "txt");
    }
}
