using DiffEngine;
using VerifyXunit;
using Xunit.Sdk;

namespace Bitrix24.Tests;

/// <summary>Tests the replacement of Verify.</summary>
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
    public async Task Unverified_text_fails_and_writes_a_received_file(string? verified)
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
    [InlineData(null)]
    [InlineData("")]
    public async Task Unverified_empty_text_fails_and_names_the_files(string? verified)
    {
        if (verified is not null)
        {
            await File.WriteAllTextAsync(Verified, verified);
        }

        var exception = await Assert.ThrowsAsync<XunitException>(() => Verifier.Verify("", "txt", Source, "Text"));

        Assert.Contains(Verified, exception.Message, StringComparison.Ordinal);
        Assert.Contains(Received, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Empty_text_passes_after_its_received_file_is_accepted()
    {
        await Assert.ThrowsAsync<XunitException>(() => Verifier.Verify("", "txt", Source, "Other"));
        File.Move(Path.Combine(folder.Path, "SubjectTests.Other.received.txt"), Verified);

        await Verifier.Verify("", "txt", Source, "Text");

        Assert.Equal("\uFEFF"u8.ToArray(), await File.ReadAllBytesAsync(Verified));
    }

    [Fact]
    public async Task Second_text_in_one_test_throws()
    {
        await File.WriteAllTextAsync(Verified, "text");
        await Verifier.Verify("text", "txt", Source, "Text");

        await Assert.ThrowsAsync<XunitException>(() => Verifier.Verify("text", "txt", Source, "Text"));
    }

    [Fact]
    public async Task Repository_has_the_settings_that_Verify_requires()
    {
        Assert.Contains("[*.{received,verified}.{json,txt,xml}]", await File.ReadAllLinesAsync(Repository.PathOf(".editorconfig")));
        Assert.Contains(
            "*.verified.txt text eol=lf working-tree-encoding=UTF-8",
            await File.ReadAllLinesAsync(Repository.PathOf(".gitattributes"))
        );
    }

    [Theory]
    [InlineData("one\ntwo")]
    [InlineData("one\rtwo\r")]
    [InlineData("one\r\ntwo\r\n")]
    [InlineData("\uFEFFone\ntwo\n")]
    public async Task Verified_text_passes_and_deletes_the_received_file(string verified)
    {
        await File.WriteAllTextAsync(Verified, verified);
        await File.WriteAllTextAsync(Received, "old");

        await Verifier.Verify("one\r\ntwo", "txt", Source, "Text");

        Assert.False(File.Exists(Received));
    }
}
