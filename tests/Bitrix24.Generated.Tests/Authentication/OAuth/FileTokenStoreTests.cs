using System.Globalization;
using Bitrix24.Testing;

namespace Bitrix24.Tests;

/// <summary>Token files that are found under several paths, that cannot be replaced, or that a killed process left behind.</summary>
public sealed class FileTokenStoreTests : IDisposable
{
    private static readonly Bitrix24Token First = new() { AccessToken = "access1", RefreshToken = "refresh1" };
    private static readonly Bitrix24Token Second = new() { AccessToken = "access2", RefreshToken = "refresh2" };

    private readonly TemporaryFolder folder = new();

    private string TokenPath => Path.Combine(folder.Path, "tokens.json");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("link to the file")]
    [InlineData("relative link to the file")]
    [InlineData("link to a link")]
    [InlineData("link in the path of a link")]
    [InlineData("link to the folder")]
    public async Task File_behind_a_link_is_one_file_with_one_lock(string kind)
    {
        var (path, link) = (TokenPath, Link(kind));
        await new FileBitrix24TokenStore(path).SaveAsync(First, CancellationToken.None);

        await new FileBitrix24TokenStore(link).SaveAsync(Second, CancellationToken.None);

        Assert.Equal("refresh2", (await new FileBitrix24TokenStore(path).LoadAsync(CancellationToken.None))!.RefreshToken);
        await using (await new FileBitrix24TokenStore(link).LockAsync(CancellationToken.None))
        {
            using var cancellation = new CancellationTokenSource();
            var waiting = new FileBitrix24TokenStore(path).LockAsync(cancellation.Token).AsTask();
            Assert.False(waiting.IsCompleted);
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }

        Assert.Equal([path, path + ".lock"], Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Link_to_a_file_that_does_not_exist_yet_stays_a_link()
    {
        var link = Link("link to the file");

        await new FileBitrix24TokenStore(link).SaveAsync(First, CancellationToken.None);

        Assert.Equal(TokenPath, new FileInfo(link).LinkTarget);
        Assert.Equal("refresh1", (await new FileBitrix24TokenStore(TokenPath).LoadAsync(CancellationToken.None))!.RefreshToken);
    }

    [Fact]
    public async Task Links_that_lead_in_a_circle_are_named()
    {
        var (one, other) = (Path.Combine(folder.Path, "one"), Path.Combine(folder.Path, "other"));
        File.CreateSymbolicLink(one, other);
        File.CreateSymbolicLink(other, one);

        var store = new FileBitrix24TokenStore(one);

        var exception = await Assert.ThrowsAnyAsync<IOException>(async () => await store.LoadAsync(CancellationToken.None));

        Assert.Equal($"The path '{one}' contains more than 40 symbolic links. Remove the loop.", exception.Message);
    }

    [Fact]
    public async Task Processes_that_know_a_file_by_different_paths_refresh_its_tokens_once()
    {
        using var portal = NewPortal();
        string[] paths = [TokenPath, Link("link to the file"), Link("link to the folder", "folder")];
        await new FileBitrix24TokenStore(TokenPath).SaveAsync(TestCredentials.TokenOf(portal), CancellationToken.None);

        await RefreshOnceARoundAsync(portal, paths);
    }

    [Fact]
    public async Task Processes_refresh_the_tokens_of_a_file_that_cannot_be_replaced_once()
    {
        if (!OperatingSystem.IsLinux())
        {
            // Without the file beside it, only Linux can lock it.
            return;
        }

        using var portal = NewPortal();
        await new FileBitrix24TokenStore(TokenPath).SaveAsync(TestCredentials.TokenOf(portal), CancellationToken.None);
        Directory.CreateDirectory(TokenPath + ".new");
        Directory.CreateDirectory(TokenPath + ".lock");

        await RefreshOnceARoundAsync(portal, [TokenPath, TokenPath, TokenPath]);

        Assert.Equal([TokenPath], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task File_that_nothing_can_be_written_beside_is_overwritten_and_kept_for_the_owner()
    {
        var store = new FileBitrix24TokenStore(TokenPath);
        var longer = new Bitrix24Token { AccessToken = new string('a', 5000), RefreshToken = "r" };
        Directory.CreateDirectory(TokenPath + ".new");
        await File.WriteAllTextAsync(TokenPath, """{"access_token":"a","refresh_token":"r"}""");

        foreach (var token in new[] { First, longer, Second })
        {
            await using (await store.LockAsync(CancellationToken.None))
            {
                await store.SaveAsync(token, CancellationToken.None);
            }

            var read = (await store.LoadAsync(CancellationToken.None))!;
            Assert.Equal((token.AccessToken, token.RefreshToken), (read.AccessToken, read.RefreshToken));
        }

        AssertOwnerOnly(TokenPath);
    }

    [Fact]
    public async Task Code_is_not_used_up_when_its_tokens_could_not_be_saved()
    {
        using var portal = NewPortal();
        Directory.CreateDirectory(TokenPath + ".new");
        var options = TestCredentials.Options(portal, new FileBitrix24TokenStore(TokenPath));

        var exception = await Assert.ThrowsAsync<Bitrix24AuthenticationException>(
            () => Bitrix24OAuthClient.Create(options).ExchangeCodeAsync(portal.AuthorizationCode));

        Assert.Equal(CallExecution.NotExecuted, exception.Execution);
        Assert.Matches(
            @"^oauth/token failed: the token store failed: The token file '.+tokens\.json' cannot be written \(.+\)\. "
                + @"Let this process write to the file or to its folder, and free disk space\.$",
            exception.Message);
        Assert.Empty(portal.Requests);
    }

    [Fact]
    public async Task Folder_that_does_not_exist_is_named()
    {
        var path = Path.Combine(folder.Path, "missing", "tokens.json");
        var store = new FileBitrix24TokenStore(path);

        var exception = await Assert.ThrowsAnyAsync<IOException>(async () => await store.LockAsync(CancellationToken.None));

        Assert.StartsWith($"The token file '{path}' cannot be locked (", exception.Message, StringComparison.Ordinal);
        Assert.EndsWith("Let this process write to its folder.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_overwritten_by_half_is_never_taken_for_a_pair_and_is_made_whole_by_the_one_beside_it()
    {
        var store = new FileBitrix24TokenStore(TokenPath, new SkippingTimeProvider());
        await store.SaveAsync(First, CancellationToken.None);
        var before = await File.ReadAllBytesAsync(TokenPath);
        await store.SaveAsync(Second, CancellationToken.None);
        var after = await File.ReadAllBytesAsync(TokenPath);
        Assert.Equal(before.Length, after.Length);

        var torn = 0;
        for (var written = 0; written <= 400; written++)
        {
            await File.WriteAllBytesAsync(TokenPath, [.. after[..written], .. before[written..]]);
            var exception = await Record.ExceptionAsync(async () =>
            {
                var read = (await store.LoadAsync(CancellationToken.None))!;
                Assert.Contains((read.AccessToken, read.RefreshToken), new[] { ("access1", "refresh1"), ("access2", "refresh2") });
            });
            if (exception is null)
            {
                continue;
            }

            Assert.IsType<InvalidDataException>(exception);
            torn++;
            await File.WriteAllBytesAsync(TokenPath + ".new", after);
            Assert.Equal("refresh2", (await store.LoadAsync(CancellationToken.None))!.RefreshToken);
            await using (await store.LockAsync(CancellationToken.None))
            {
                Assert.Equal(after, await File.ReadAllBytesAsync(TokenPath));
                Assert.False(File.Exists(TokenPath + ".new"));
            }
        }

        Assert.InRange(torn, 100, 400);
    }

    [Fact]
    public async Task Pair_left_beside_the_file_is_dropped_when_the_file_holds_a_newer_one()
    {
        var store = new FileBitrix24TokenStore(TokenPath);
        await store.SaveAsync(First, CancellationToken.None);
        await store.SaveAsync(Second, CancellationToken.None);
        File.Copy(TokenPath, TokenPath + ".second");
        await store.SaveAsync(new Bitrix24Token { AccessToken = "access3", RefreshToken = "refresh3" }, CancellationToken.None);
        File.Move(TokenPath + ".second", TokenPath + ".new");

        await using var held = await store.LockAsync(CancellationToken.None);

        Assert.Equal("refresh3", (await store.LoadAsync(CancellationToken.None))!.RefreshToken);
        Assert.False(File.Exists(TokenPath + ".new"));
    }

    [Fact]
    public async Task Mode_of_a_file_that_others_may_read_is_corrected()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await File.WriteAllTextAsync(TokenPath, """{"access_token":"access1","refresh_token":"refresh1"}""");
        File.SetUnixFileMode(TokenPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

        Assert.NotNull(await new FileBitrix24TokenStore(TokenPath).LoadAsync(CancellationToken.None));

        AssertOwnerOnly(TokenPath);
        await using var held = await new FileBitrix24TokenStore(TokenPath).LockAsync(CancellationToken.None);
        AssertOwnerOnly(TokenPath + ".lock");
    }

    [Fact]
    public async Task Blank_file_as_a_mount_needs_it_is_an_empty_store()
    {
        using var portal = NewPortal();
        await File.WriteAllTextAsync(TokenPath, string.Empty);
        var store = new FileBitrix24TokenStore(TokenPath);
        Assert.Null(await store.LoadAsync(CancellationToken.None));

        await Bitrix24OAuthClient.Create(TestCredentials.Options(portal, store)).ExchangeCodeAsync(portal.AuthorizationCode);

        Assert.Equal(portal.RefreshToken, (await store.LoadAsync(CancellationToken.None))!.RefreshToken);
        AssertOwnerOnly(TokenPath);
    }

    [Fact]
    public async Task Time_is_read_as_it_was_written()
    {
        var store = new FileBitrix24TokenStore(TokenPath);
        var expiresAt = DateTimeOffset.Parse("2026-01-02T03:04:05.1234567+02:00", CultureInfo.InvariantCulture);

        await store.SaveAsync(new Bitrix24Token { AccessToken = "a", RefreshToken = "r", ExpiresAt = expiresAt }, CancellationToken.None);

        Assert.Equal(expiresAt, (await store.LoadAsync(CancellationToken.None))!.ExpiresAt);
    }

    private static async Task RefreshOnceARoundAsync(SimulatedPortal portal, IReadOnlyList<string> paths)
    {
        var clock = new SkippingTimeProvider();
        var clients = paths
            .Select(path => TestCredentials.OAuth(portal, new FileBitrix24TokenStore(path)))
            .Select(credentials => TestClient.On(credentials, options => options.TimeProvider = clock))
            .ToList();
        for (var round = 1; round <= 5; round++)
        {
            portal.ExpireAccessToken();
            await Task.WhenAll(clients.SelectMany(client => Enumerable.Repeat(client, 4)).Select(AddCallListAsync));
            Assert.Equal(round, portal.TokenRefreshCount);
            clock.Advance(TimeSpan.FromHours(1));
        }
    }

    private static Task AddCallListAsync(Bitrix24Client client) => client.AddCallListAsync(TestClient.Request);

    private static SimulatedPortal NewPortal()
    {
        var portal = SimulatedPortal.Start();
        portal.Contacts.Add(9, 17, 19);
        portal.Webforms.Add(1);
        return portal;
    }

    private static void AssertOwnerOnly(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    /// <summary>Another path of the token file, outside of its folder.</summary>
    private string Link(string kind, string name = "links")
    {
        var links = Directory.CreateDirectory(Path.Combine(folder.Path, name)).FullName;
        var link = Path.Combine(links, "link");
        switch (kind)
        {
            case "link to the file":
                File.CreateSymbolicLink(link, TokenPath);
                return link;
            case "relative link to the file":
                File.CreateSymbolicLink(link, "../tokens.json");
                return link;
            case "link to a link":
                File.CreateSymbolicLink(Path.Combine(links, "first"), TokenPath);
                File.CreateSymbolicLink(link, "first");
                return link;
            case "link in the path of a link":
                Directory.CreateSymbolicLink(Path.Combine(links, "up"), folder.Path);
                File.CreateSymbolicLink(link, "./up/links/../tokens.json");
                return link;
            default:
                Directory.CreateSymbolicLink(link, folder.Path);
                return Path.Combine(link, "tokens.json");
        }
    }
}
