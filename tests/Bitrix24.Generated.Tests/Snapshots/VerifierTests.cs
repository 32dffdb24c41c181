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
    [InlineData(null)]
    [InlineData("")]
    public async Task An_empty_text_that_was_not_verified_fails_and_names_the_files(string? verified)
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
    public async Task An_empty_text_passes_once_its_received_file_is_accepted()
    {
        await Assert.ThrowsAsync<XunitException>(() => Verifier.Verify("", "txt", Source, "Other"));
        File.Move(Path.Combine(folder.Path, "SubjectTests.Other.received.txt"), Verified);

        await Verifier.Verify("", "txt", Source, "Text");

        Assert.Equal("\uFEFF"u8.ToArray(), await File.ReadAllBytesAsync(Verified));
    }

    [Fact]
    public async Task A_second_text_in_one_test_is_refused()
    {
        await File.WriteAllTextAsync(Verified, "text");
        await Verifier.Verify("text", "txt", Source, "Text");

        await Assert.ThrowsAsync<XunitException>(() => Verifier.Verify("text", "txt", Source, "Text"));
    }

    [Fact]
    public async Task Settings_of_the_repository_are_those_that_Verify_asks_for()
    {
        Assert.Contains("[*.{received,verified}.{json,txt,xml}]", await File.ReadAllLinesAsync(Repository.PathOf(".editorconfig")));
        Assert.Contains("*.verified.txt text eol=lf working-tree-encoding=UTF-8", await File.ReadAllLinesAsync(Repository.PathOf(".gitattributes")));
    }

    [Theory]
    [InlineData("one\ntwo")]
    [InlineData("one\rtwo\r")]
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
