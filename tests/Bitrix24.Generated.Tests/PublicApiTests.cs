using PublicApiGenerator;
using VerifyXunit;

namespace Bitrix24.Tests;

public sealed class PublicApiTests
{
    /// <summary>Both target frameworks share one snapshot. They differ only in attributes that one of them lacks.</summary>
    private static readonly ApiGeneratorOptions Options = new()
    {
        IncludeAssemblyAttributes = false,
        DenyNamespacePrefixes = [],
        ExcludeAttributes =
        [
            "System.Text.Json.Serialization.JsonIgnoreAttribute",
            "System.Diagnostics.CodeAnalysis.RequiresUnreferencedCodeAttribute",
        ],
    };

    [Fact]
    public async Task Public_API_of_the_client() =>
        await Verifier.Verify(typeof(IBitrix24Client).Assembly.GeneratePublicApi(Options), "txt");

    [Fact]
    public async Task Public_API_of_the_simulated_portal() =>
        await Verifier.Verify(typeof(Bitrix24.Testing.SimulatedPortal).Assembly.GeneratePublicApi(Options), "txt");
}
