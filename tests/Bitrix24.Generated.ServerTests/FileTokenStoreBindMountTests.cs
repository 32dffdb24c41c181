using System.Diagnostics;
using Bitrix24.Testing;

namespace Bitrix24.Tests;

/// <summary>Tests token files that are mounted into a container as a single file. Requires Linux and the right to mount.</summary>
public sealed class FileTokenStoreBindMountTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("bitrix24-").FullName;
    private readonly Stack<string> mounts = new();
    private readonly SimulatedPortal portal = SimulatedPortal.Start();

    public FileTokenStoreBindMountTests()
    {
        portal.Contacts.Add(9);
    }

    private string HostPath => Path.Combine(folder, "tokens.json");

    public void Dispose()
    {
        portal.Dispose();
        while (mounts.TryPop(out var mount))
        {
            Run("umount", mount);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Containers_with_a_mounted_file_refresh_once_and_share_the_new_tokens()
    {
        await SaveAsync(HostPath, TokenOfPortal());
        string[] paths = [Mount("one"), Mount("other"), Mount("third")];

        await RefreshOnceARoundAsync(paths);

        foreach (var path in paths.Append(HostPath))
        {
            Assert.Equal(portal.RefreshToken, (await LoadAsync(path))!.RefreshToken);
            Assert.False(File.Exists(path + ".new"));
        }
    }

    [Fact]
    public async Task Lock_of_one_container_holds_in_the_other()
    {
        await SaveAsync(HostPath, TokenOfPortal());
        var (one, other) = (Mount("one"), Mount("other"));

        using var cancellation = new CancellationTokenSource();
        Task<IAsyncDisposable> waiting;
        await using (await new FileBitrix24TokenStore(one).LockAsync(CancellationToken.None))
        {
            waiting = new FileBitrix24TokenStore(other).LockAsync(cancellation.Token).AsTask();
            Assert.False(waiting.IsCompleted);
            Assert.NotNull(await LoadAsync(other));
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }

        await (await new FileBitrix24TokenStore(other).LockAsync(CancellationToken.None)).DisposeAsync();
    }

    [Fact]
    public async Task Tokens_left_next_to_the_file_by_a_killed_process_are_recovered()
    {
        await SaveAsync(HostPath, new Bitrix24Token { AccessToken = "a1", RefreshToken = "r1" });
        var first = await File.ReadAllBytesAsync(HostPath);
        await SaveAsync(HostPath, TokenOfPortal());
        var path = Mount("container");
        File.Copy(HostPath, path + ".new");
        await File.WriteAllBytesAsync(HostPath, first);

        await (await new FileBitrix24TokenStore(path).LockAsync(CancellationToken.None)).DisposeAsync();

        Assert.Equal(portal.RefreshToken, (await LoadAsync(HostPath))!.RefreshToken);
        Assert.False(File.Exists(path + ".new"));
    }

    [Fact]
    public async Task Tokens_left_in_a_container_do_not_replace_newer_ones()
    {
        await SaveAsync(HostPath, new Bitrix24Token { AccessToken = "a1", RefreshToken = "r1" });
        var path = Mount("container");
        File.Copy(HostPath, path + ".new");
        await SaveAsync(Mount("other"), TokenOfPortal());

        await (await new FileBitrix24TokenStore(path).LockAsync(CancellationToken.None)).DisposeAsync();

        Assert.Equal(portal.RefreshToken, (await LoadAsync(HostPath))!.RefreshToken);
    }

    [Theory]
    [InlineData("file")]
    [InlineData("folder")]
    public async Task Read_only_mount_is_detected_before_the_refresh_token_is_sent(string what)
    {
        await SaveAsync(HostPath, TokenOfPortal());
        var path = what == "file" ? Mount("container") : Path.Combine(MountFolder("container"), "tokens.json");
        Run("mount", "-o", "remount,ro,bind", mounts.Peek());
        var bitrix24 = Client(path);
        portal.ExpireAccessToken();

        var exception = await Assert.ThrowsAsync<Bitrix24AuthenticationException>(() => bitrix24.AddCallListAsync(Request));
        Assert.Equal(CallExecution.NotExecuted, exception.Execution);
        Assert.Matches(
            $@"the token store failed: The token file '{path}' cannot be (written|locked) \(.*Read-only file system.*\)\. "
                + "Let this process write to ",
            exception.Message
        );
        Assert.Equal(0, portal.TokenRefreshCount);

        Run("mount", "-o", "remount,rw,bind", mounts.Peek());
        await bitrix24.AddCallListAsync(Request);
        Assert.Equal(portal.RefreshToken, (await LoadAsync(HostPath))!.RefreshToken);
    }

    [Fact]
    public async Task Containers_that_can_only_write_the_file_refresh_once()
    {
        await SaveAsync(HostPath, TokenOfPortal());
        string[] paths = [MountIntoReadOnlyFolder("one"), MountIntoReadOnlyFolder("other")];

        await RefreshOnceARoundAsync(paths);

        Assert.Equal(portal.RefreshToken, (await LoadAsync(HostPath))!.RefreshToken);
    }

    [Fact]
    public async Task Full_disk_loses_neither_new_tokens_nor_an_authorization_code()
    {
        var disk = Directory.CreateDirectory(Path.Combine(folder, "disk")).FullName;
        Run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk);
        mounts.Push(disk);
        var path = Path.Combine(disk, "tokens.json");
        await SaveAsync(path, TokenOfPortal());
        await using (var filler = File.Create(Path.Combine(disk, "filler"), bufferSize: 1))
        {
            await Assert.ThrowsAnyAsync<IOException>(async () =>
            {
                while (true)
                {
                    await filler.WriteAsync(new byte[4096]);
                }
            });
        }

        var exchange = Options(Path.Combine(disk, "new.json"));
        var exception = await Assert.ThrowsAsync<Bitrix24AuthenticationException>(() =>
            Bitrix24OAuthClient.Create(exchange).ExchangeCodeAsync(portal.AuthorizationCode)
        );
        Assert.Equal(CallExecution.NotExecuted, exception.Execution);
        Assert.Contains("free disk space", exception.Message, StringComparison.Ordinal);

        await RefreshOnceARoundAsync([path]);
        Assert.Equal(portal.RefreshToken, (await LoadAsync(path))!.RefreshToken);
    }

    private static AddCallListRequest Request => new() { EntityType = CallListEntityType.Contact, Entities = [9] };

    private async Task RefreshOnceARoundAsync(IReadOnlyList<string> paths)
    {
        for (var round = 1; round <= 5; round++)
        {
            var clients = paths.Select(Client).ToList();
            portal.ExpireAccessToken();
            await Task.WhenAll(clients.SelectMany(client => Enumerable.Range(0, 4).Select(_ => client.AddCallListAsync(Request))));
            Assert.Equal(round, portal.TokenRefreshCount);
        }
    }

    private Bitrix24Client Client(string path) =>
        Bitrix24Client.Create(
            new Bitrix24ClientOptions
            {
                Credentials = Bitrix24Credentials.OAuth(Options(path)),
                RateLimit = Bitrix24RateLimit.Unlimited,
                Retry = { MaxAttempts = 1 },
            }
        );

    private Bitrix24OAuthOptions Options(string path) =>
        new()
        {
            PortalUrl = portal.Url.ToString(),
            ClientId = portal.ClientId,
            ClientSecret = portal.ClientSecret,
            TokenStore = new FileBitrix24TokenStore(path),
            TokenEndpoint = portal.TokenEndpoint,
        };

    private Bitrix24Token TokenOfPortal() => new() { AccessToken = portal.AccessToken, RefreshToken = portal.RefreshToken };

    /// <summary>Mounts only the file into a separate folder.</summary>
    private string Mount(string container)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, container)).FullName, "tokens.json");
        File.WriteAllText(path, string.Empty);
        Run("mount", "--bind", HostPath, path);
        mounts.Push(path);
        return path;
    }

    private string MountFolder(string container)
    {
        var path = Directory.CreateDirectory(Path.Combine(folder, container)).FullName;
        Run("mount", "--bind", folder, path);
        mounts.Push(path);
        return path;
    }

    /// <summary>Mounts the file into a folder where nothing else can be written.</summary>
    private string MountIntoReadOnlyFolder(string container)
    {
        var readOnly = Directory.CreateDirectory(Path.Combine(folder, container)).FullName;
        var path = Path.Combine(readOnly, "tokens.json");
        File.WriteAllText(path, string.Empty);
        Run("mount", "--bind", readOnly, readOnly);
        mounts.Push(readOnly);
        Run("mount", "-o", "remount,ro,bind", readOnly);
        Run("mount", "--bind", HostPath, path);
        mounts.Push(path);
        return path;
    }

    private static async Task SaveAsync(string path, Bitrix24Token token) =>
        await new FileBitrix24TokenStore(path).SaveAsync(token, CancellationToken.None);

    private static async Task<Bitrix24Token?> LoadAsync(string path) =>
        await new FileBitrix24TokenStore(path).LoadAsync(CancellationToken.None);

    private static void Run(string command, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(command, arguments) { RedirectStandardError = true, UseShellExecute = false }
        )!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{command} {string.Join(' ', arguments)}: {error}");
    }
}
