using DiffEngine;
using VerifyXunit;
using Xunit.Sdk;

namespace Bitrix24.Tests;

/// <summary>The stand-in compares, and accepts nothing by itself.</summary>
[Collection(nameof(AloneCollection))]
public sealed class VerifierTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly bool wasDisabled = DiffRunner.Disabled;

    public VerifierTests() => DiffRunner.Disabled = true;

    private string Source => Path.Combine(folder.Path, "SubjectTests.cs");

    private string Verified => Path.Combine(folder.Path, "SubjectTests.Text.verified.txt");

    private string Received => Path.Combine(folder.Path, "SubjectTests.Text.received.txt");

    public void Dispose()
    {
        DiffRunner.Disabled = wasDisabled;
        folder.Dispose();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("other")]
    [InlineData("text\n\n")]
    [InlineData("Text")]
    public async Task A_text_that_was_not_verified_fails_and_is_left_beside(string? verified)
    {
        if (verified is not null)
        {
            await File.WriteAllTextAsync(Verified, verified);
        }

        await Assert.ThrowsAsync<XunitException>(() => Verifier.Verify("text", "txt", Source, "Text"));

        Assert.Equal("text", await File.ReadAllTextAsync(Received));
        Assert.Equal(verified, File.Exists(Verified) ? await File.ReadAllTextAsync(Verified) : null);
    }

    [Theory]
    [InlineData("one\ntwo")]
    [InlineData("one\r\ntwo\r\n")]
    [InlineData("\uFEFFone\ntwo\n")]
    public async Task A_verified_text_passes_and_takes_what_was_received_before_away(string verified)
    {
        await File.WriteAllTextAsync(Verified, verified);
        await File.WriteAllTextAsync(Received, "old");

        await Verifier.Verify("one\r\ntwo", "txt", Source, "Text");

        Assert.False(File.Exists(Received));
    }
}
