using System.Collections.Concurrent;
using System.Net;
using Bitrix24.Testing;
using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Tests;

public sealed class OAuthTests
{
    [Fact]
    public async Task Expired_token_is_refreshed_once_for_200_concurrent_calls()
    {
        using var portal = NewPortal();
        var bitrix24 = TestClient.On(TestCredentials.Of("oauth", portal));
        portal.ExpireAccessToken();

        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => bitrix24.AddCallListAsync(TestClient.Request)));

        Assert.Equal(1, portal.TokenRefreshCount);
        Assert.Equal(200, portal.CallLists.Count);
    }

    [Fact]
    public async Task Accepted_token_is_not_refreshed()
    {
        using var portal = NewPortal();
        var store = new InMemoryBitrix24TokenStore(
            new Bitrix24Token
            {
                AccessToken = portal.AccessToken,
                RefreshToken = portal.RefreshToken,
                ExpiresAt = DateTimeOffset.UnixEpoch,
            }
        );

        await TestClient.On(TestCredentials.OAuth(portal, store)).AddCallListAsync(TestClient.Request);

        Assert.Equal(0, portal.TokenRefreshCount);
    }

    [Fact]
    public async Task Refresh_sends_a_form_and_repeats_the_call_with_the_new_token()
    {
        using var portal = NewPortal();
        var store = new InMemoryBitrix24TokenStore(TestCredentials.TokenOf(portal));
        var (oldAccess, oldRefresh) = (portal.AccessToken, portal.RefreshToken);
        portal.ExpireAccessToken();

        await TestClient.On(TestCredentials.OAuth(portal, store)).AddCallListAsync(TestClient.Request);

        Assert.Equal(["crm.calllist.add", "", "crm.calllist.add"], portal.Requests.Select(request => request.Method));
        var refresh = portal.Requests[1];
        Assert.Equal(("POST", "/oauth/token/"), (refresh.HttpMethod, refresh.PathAndQuery));
        Assert.Equal("application/x-www-form-urlencoded", refresh.Headers["Content-Type"]);
        Assert.Equal(
            $"grant_type=refresh_token&client_id={portal.ClientId}&client_secret={portal.ClientSecret}&refresh_token={oldRefresh}",
            refresh.Body
        );
        Assert.Contains(oldAccess, portal.Requests[0].Body, StringComparison.Ordinal);
        Assert.Contains(portal.AccessToken, portal.Requests[2].Body, StringComparison.Ordinal);
        Assert.Equal((portal.AccessToken, portal.RefreshToken), (store.Token!.AccessToken, store.Token.RefreshToken));
        Assert.NotNull(store.Token.ExpiresAt);
    }

    [Fact]
    public async Task New_pair_is_saved_before_it_is_used()
    {
        using var portal = NewPortal();
        var store = new ObservedStore(TestCredentials.TokenOf(portal), () => portal.CallLists.Count);
        portal.ExpireAccessToken();

        await TestClient.On(TestCredentials.OAuth(portal, store)).AddCallListAsync(TestClient.Request);

        Assert.Equal([0], store.ListsWhenSaved);
        Assert.Single(portal.CallLists);
    }

    [Fact]
    public async Task Unsaved_pair_is_not_used_and_not_lost()
    {
        using var portal = NewPortal();
        var store = new ObservedStore(TestCredentials.TokenOf(portal), () => 0) { Failures = 3 };
        var bitrix24 = TestClient.On(TestCredentials.OAuth(portal, store), options => options.TimeProvider = new SkippingTimeProvider());
        portal.ExpireAccessToken();

        var exception = await Fails(bitrix24);
        Assert.Equal(CallExecution.NotExecuted, exception.Execution);
        Assert.Contains("the token store failed (IOException)", exception.Message, StringComparison.Ordinal);
        Assert.Empty(portal.CallLists);

        await bitrix24.AddCallListAsync(TestClient.Request);
        Assert.Equal(1, portal.TokenRefreshCount);
        Assert.Single(portal.CallLists);
    }

    [Fact]
    public async Task Failed_save_is_tried_again()
    {
        using var portal = NewPortal();
        var store = new ObservedStore(TestCredentials.TokenOf(portal), () => 0) { Failures = 2 };
        portal.ExpireAccessToken();

        var bitrix24 = TestClient.On(TestCredentials.OAuth(portal, store), options => options.TimeProvider = new SkippingTimeProvider());
        await bitrix24.AddCallListAsync(TestClient.Request);

        Assert.Single(portal.CallLists);
    }

    [Fact]
    public async Task Newer_pair_in_the_store_replaces_an_unsaved_one()
    {
        using var portal = NewPortal();
        var store = new ObservedStore(TestCredentials.TokenOf(portal), () => 0) { Failures = 3 };
        var bitrix24 = TestClient.On(TestCredentials.OAuth(portal, store), options => options.TimeProvider = new SkippingTimeProvider());
        portal.ExpireAccessToken();
        await Fails(bitrix24);

        // Another process refreshes the tokens after that.
        await store.SaveAsync(TestCredentials.TokenOf(portal), CancellationToken.None);
        await TestClient.On(TestCredentials.OAuth(portal, store)).AddCallListAsync(TestClient.Request);
        portal.ExpireAccessToken();
        await TestClient.On(TestCredentials.OAuth(portal, store)).AddCallListAsync(TestClient.Request);
        await bitrix24.AddCallListAsync(TestClient.Request);

        Assert.Equal(portal.RefreshToken, (await store.LoadAsync(CancellationToken.None))!.RefreshToken);
        Assert.Equal((2, 3), (portal.TokenRefreshCount, portal.CallLists.Count));
    }

    [Fact]
    public async Task Hanging_store_does_not_hold_calls_forever()
    {
        using var portal = NewPortal();
        var clock = new SkippingTimeProvider();
        var saving = new TaskCompletionSource();
        var store = new ObservedStore(TestCredentials.TokenOf(portal), () => 0) { BeforeSave = saving.SetResult, Hangs = true };
        portal.ExpireAccessToken();

        var bitrix24 = TestClient.On(TestCredentials.OAuth(portal, store), options => options.TimeProvider = clock);
        var call = bitrix24.AddCallListAsync(TestClient.Request);
        await saving.Task;
        while (!call.IsCompleted)
        {
            clock.ExpireAttempts();
            await Task.Yield();
        }

        var exception = await Assert.ThrowsAsync<Bitrix24AuthenticationException>(() => call);
        Assert.Contains("its refresh takes too long; the refresh goes on", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Lock_that_fails_or_hangs_when_released_does_not_fail_the_call(bool hangs)
    {
        using var portal = NewPortal();
        var clock = new SkippingTimeProvider();
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var store = new StuckStore(TestCredentials.TokenOf(portal), released, hangs);
        var bitrix24 = TestClient.On(TestCredentials.OAuth(portal, store), options => options.TimeProvider = clock);
        portal.ExpireAccessToken();

        var call = bitrix24.AddCallListAsync(TestClient.Request);
        await released.Task;
        while (hangs && !call.IsCompleted)
        {
            clock.ExpireAttempts();
            await Task.Yield();
        }

        await Record.ExceptionAsync(() => call);
        await bitrix24.AddCallListAsync(TestClient.Request);
        Assert.Equal(1, portal.TokenRefreshCount);
        Assert.Equal(portal.RefreshToken, (await store.LoadAsync(CancellationToken.None))!.RefreshToken);
        if (!hangs)
        {
            Assert.Equal(2, portal.CallLists.Count);
        }
    }

    [Fact]
    public async Task Expired_pair_of_another_process_is_refreshed()
    {
        using var portal = NewPortal();
        var store = new InMemoryBitrix24TokenStore(TestCredentials.TokenOf(portal));
        var (one, other) = (TestClient.On(TestCredentials.OAuth(portal, store)), TestClient.On(TestCredentials.OAuth(portal, store)));
        await one.AddCallListAsync(TestClient.Request);
        portal.ExpireAccessToken();
        await other.AddCallListAsync(TestClient.Request);
        portal.ExpireAccessToken();

        await one.AddCallListAsync(TestClient.Request);

        Assert.Equal((2, 3), (portal.TokenRefreshCount, portal.CallLists.Count));
    }

    [Fact]
    public async Task Token_unknown_to_the_portal_is_loaded_from_the_store_again()
    {
        using var portal = NewPortal();
        var store = new InMemoryBitrix24TokenStore(new Bitrix24Token { AccessToken = "revoked", RefreshToken = "revoked" });
        var bitrix24 = TestClient.On(TestCredentials.OAuth(portal, store));
        var exception = await Fails(bitrix24);
        Assert.Equal(1, exception.Attempts);

        await store.SaveAsync(TestCredentials.TokenOf(portal), CancellationToken.None);
        await bitrix24.AddCallListAsync(TestClient.Request);

        Assert.Equal(0, portal.TokenRefreshCount);
        Assert.Single(portal.CallLists);
    }

    [Fact]
    public async Task Refusal_with_a_result_is_not_sent_again()
    {
        using var portal = NewPortal();
        var store = new InMemoryBitrix24TokenStore(TestCredentials.TokenOf(portal));
        var bitrix24 = TestClient.On(TestCredentials.OAuth(portal, store));
        await bitrix24.AddCallListAsync(TestClient.Request);
        await store.SaveAsync(new Bitrix24Token { AccessToken = "other", RefreshToken = "other" }, CancellationToken.None);
        portal.FailNext(SimulatedFault.Answer(HttpStatusCode.Unauthorized, """{"result":2,"error":"NO_AUTH_FOUND"}"""));

        var exception = await Fails(bitrix24);

        Assert.Equal((CallExecution.Unknown, 1), (exception.Execution, exception.Attempts));
        Assert.Equal(2, portal.Requests.Count);
    }

    [Fact]
    public async Task New_token_reported_as_expired_is_not_refreshed_again()
    {
        using var portal = NewPortal();
        var bitrix24 = TestClient.On(TestCredentials.Of("oauth", portal), options => options.TimeProvider = new SkippingTimeProvider());
        portal.FailNext(SimulatedFault.Error(HttpStatusCode.Unauthorized, "expired_token"), times: 100);

        for (var call = 0; call < 5; call++)
        {
            await Fails(bitrix24);
        }

        Assert.Equal(1, portal.TokenRefreshCount);
    }

    [Fact]
    public async Task Third_expired_pair_of_other_processes_ends_the_call()
    {
        using var portal = NewPortal();
        var credentials = TestCredentials.OAuth(portal, new RestlessStore());
        portal.FailNext(SimulatedFault.Error(HttpStatusCode.Unauthorized, "expired_token"), times: 100);

        var exception = await Fails(TestClient.On(credentials));

        Assert.Equal((Bitrix24ErrorCode.ExpiredToken, CallExecution.NotExecuted), (exception.ErrorCode, exception.Execution));
        Assert.Equal(["access1", "access2", "access3"], portal.Requests.Select(request => (string?)JObject.Parse(request.Body)["auth"]));
    }

    [Fact]
    public async Task Default_settings_of_Newtonsoft_do_not_affect_the_file()
    {
        using var folder = new TemporaryFolder();
        var store = new FileBitrix24TokenStore(Path.Combine(folder.Path, "tokens.json"));
        var before = JsonConvert.DefaultSettings;
        JsonConvert.DefaultSettings = () => new JsonSerializerSettings { Converters = [new UnixDateTimeConverter()] };
        try
        {
            var token = new Bitrix24Token
            {
                AccessToken = "a",
                RefreshToken = "r",
                ExpiresAt = DateTimeOffset.UnixEpoch,
            };
            await store.SaveAsync(token, CancellationToken.None);
            Assert.Equal(DateTimeOffset.UnixEpoch, (await store.LoadAsync(CancellationToken.None))!.ExpiresAt);
        }
        finally
        {
            JsonConvert.DefaultSettings = before;
        }
    }

    [Fact]
    public async Task Incomplete_pair_in_the_store_fails_the_call()
    {
        using var portal = NewPortal();
        foreach (
            var token in new[]
            {
                new Bitrix24Token(),
                new Bitrix24Token { AccessToken = "a", RefreshToken = null! },
            }
        )
        {
            var exception = await Fails(TestClient.On(TestCredentials.OAuth(portal, new InMemoryBitrix24TokenStore(token))));
            Assert.Contains("a pair without an access token or without a refresh token", exception.Message, StringComparison.Ordinal);
        }

        Assert.Empty(portal.Requests);
    }

    [Fact]
    public async Task Refused_refresh_fails_all_calls_and_is_sent_once()
    {
        using var portal = NewPortal();
        var store = new InMemoryBitrix24TokenStore(new Bitrix24Token { AccessToken = portal.AccessToken, RefreshToken = "used-up" });
        var bitrix24 = TestClient.On(TestCredentials.OAuth(portal, store));
        portal.ExpireAccessToken();

        var calls = Enumerable.Range(0, 20).Select(_ => Fails(bitrix24));
        var exceptions = await Task.WhenAll(calls);

        Assert.All(exceptions, exception => Assert.Equal(Bitrix24ErrorCode.InvalidGrant, exception.ErrorCode));
        Assert.All(exceptions, exception => Assert.Equal(CallExecution.NotExecuted, exception.Execution));
        Assert.All(exceptions, exception => Assert.Equal("crm.calllist.add", exception.Method));
        Assert.Equal(1, portal.Requests.Count(request => request.PathAndQuery == "/oauth/token/"));
        Assert.Empty(portal.CallLists);

        // The user authorizes the application again.
        await store.SaveAsync(TestCredentials.TokenOf(portal), CancellationToken.None);
        await bitrix24.AddCallListAsync(TestClient.Request);
        Assert.Equal(1, portal.TokenRefreshCount);
    }

    [Fact]
    public async Task Failed_refresh_is_not_repeated_for_30_seconds()
    {
        using var portal = NewPortal();
        var clock = new SkippingTimeProvider();
        var bitrix24 = TestClient.On(TestCredentials.Of("oauth", portal), options => options.TimeProvider = clock);
        portal.ExpireAccessToken();
        portal.FailNextRenewal(SimulatedFault.HtmlPage(HttpStatusCode.BadGateway));

        await Fails(bitrix24);
        await Fails(bitrix24);
        Assert.Equal(1, portal.Requests.Count(request => request.PathAndQuery == "/oauth/token/"));

        clock.Advance(TimeSpan.FromSeconds(31));
        portal.FailNextRenewal(SimulatedFault.Error(HttpStatusCode.ServiceUnavailable, "QUERY_LIMIT_EXCEEDED"));
        await Fails(bitrix24);

        clock.Advance(TimeSpan.FromSeconds(31));
        await bitrix24.AddCallListAsync(TestClient.Request);
        Assert.Single(portal.CallLists);
    }

    [Fact]
    public async Task Canceled_call_does_not_lose_the_new_pair()
    {
        using var portal = NewPortal();
        using var cancellation = new CancellationTokenSource();
        var store = new ObservedStore(TestCredentials.TokenOf(portal), () => 0) { BeforeSave = cancellation.Cancel };
        var bitrix24 = TestClient.On(TestCredentials.OAuth(portal, store));
        portal.ExpireAccessToken();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bitrix24.AddCallListAsync(TestClient.Request, cancellation.Token));
        await bitrix24.AddCallListAsync(TestClient.Request);

        Assert.Equal(1, portal.TokenRefreshCount);
        Assert.Equal(portal.RefreshToken, (await store.LoadAsync(CancellationToken.None))!.RefreshToken);
    }

    [Fact]
    public async Task Two_processes_with_one_store_refresh_once()
    {
        using var portal = NewPortal();
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "tokens.json");
        await new FileBitrix24TokenStore(path).SaveAsync(TestCredentials.TokenOf(portal), CancellationToken.None);
        var clock = new SkippingTimeProvider();
        var clients = Enumerable
            .Range(0, 2)
            .Select(_ => TestCredentials.OAuth(portal, new FileBitrix24TokenStore(path)))
            .Select(credentials => TestClient.On(credentials, options => options.TimeProvider = clock))
            .ToList();

        for (var round = 1; round <= 3; round++)
        {
            portal.ExpireAccessToken();
            var calls = clients.SelectMany(client => Enumerable.Range(0, 10).Select(_ => client.AddCallListAsync(TestClient.Request)));
            await Task.WhenAll(calls);
            Assert.Equal(round, portal.TokenRefreshCount);
            clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(60, portal.CallLists.Count);
    }

    [Fact]
    public async Task Authorization_code_becomes_the_first_pair()
    {
        using var portal = NewPortal();
        var store = new InMemoryBitrix24TokenStore();
        var options = TestCredentials.Options(portal, store);
        options.PortalUrl = null;

        await ExchangeFails(options, "no-such-code");
        Assert.Null(store.Token);
        using (var other = NewPortal())
        {
            var failed = TestCredentials.Options(other, new ObservedStore(new Bitrix24Token(), () => 0) { Failures = 3 });
            var exception = await ExchangeFails(failed, other.AuthorizationCode);
            Assert.Equal(CallExecution.Unknown, exception.Execution);
            Assert.IsType<IOException>(exception.InnerException);
        }

        var authorization = await Bitrix24OAuthClient.Create(options).ExchangeCodeAsync(portal.AuthorizationCode);

        Assert.Equal(portal.Url, authorization.PortalUrl);
        Assert.Equal(["crm"], authorization.Scope);
        Assert.Equal(portal.AccessToken, store.Token!.AccessToken);
        options.PortalUrl = authorization.PortalUrl!.ToString();
        await TestClient.On(Bitrix24Credentials.OAuth(options)).AddCallListAsync(TestClient.Request);
        Assert.Single(portal.CallLists);
    }

    [Fact]
    public async Task Exchanged_pair_is_saved_again_after_a_failed_save()
    {
        using var portal = NewPortal();
        var store = new ObservedStore(new Bitrix24Token(), () => 0) { Failures = 2 };

        await Bitrix24OAuthClient.Create(TestCredentials.Options(portal, store)).ExchangeCodeAsync(portal.AuthorizationCode);

        Assert.Equal(portal.AccessToken, (await store.LoadAsync(CancellationToken.None))!.AccessToken);
    }

    [Fact]
    public async Task Store_exception_with_tokens_is_not_shown()
    {
        using var portal = NewPortal();
        var telltale = TestCredentials.Options(portal, new TelltaleStore());

        var exception = await ExchangeFails(telltale, portal.AuthorizationCode);

        Assert.Null(exception.InnerException);
        Assert.DoesNotContain(portal.AccessToken, exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_is_not_sent_without_the_lock()
    {
        using var portal = NewPortal();
        var locked = TestCredentials.Options(portal, new TelltaleStore { IsLocked = true });

        var exception = await ExchangeFails(locked, portal.AuthorizationCode);

        Assert.Equal(CallExecution.NotExecuted, exception.Execution);
        Assert.Empty(portal.Requests);
    }

    [Fact]
    public async Task Empty_store_says_what_to_do_and_nothing_is_sent()
    {
        using var portal = NewPortal();
        var bitrix24 = TestClient.On(TestCredentials.OAuth(portal, new InMemoryBitrix24TokenStore()));

        var exception = await Fails(bitrix24);

        Assert.Equal(
            "crm.calllist.add failed: the token store is empty; exchange an authorization code for the first tokens.",
            exception.Message
        );
        Assert.Empty(portal.Requests);
    }

    [Fact]
    public async Task File_store_protects_its_file_and_replaces_it_as_a_whole()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "tokens.json");
        var store = new FileBitrix24TokenStore(path);
        Assert.Null(await store.LoadAsync(CancellationToken.None));
        var expiresAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2));

        await store.SaveAsync(new Bitrix24Token { AccessToken = "a1", RefreshToken = "r1" }, CancellationToken.None);
        await store.SaveAsync(
            new Bitrix24Token
            {
                AccessToken = "a2",
                RefreshToken = "r2",
                ExpiresAt = expiresAt,
            },
            CancellationToken.None
        );

        var read = (await new FileBitrix24TokenStore(path).LoadAsync(CancellationToken.None))!;
        Assert.Equal(("a2", "r2", expiresAt), (read.AccessToken, read.RefreshToken, read.ExpiresAt));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }

        await File.WriteAllTextAsync(path, "{\"access_token\":\"a3\"");
        var exception = await Assert.ThrowsAsync<InvalidDataException>(async () => await store.LoadAsync(CancellationToken.None));
        Assert.DoesNotContain("a3", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_store_recovers_the_pair_of_a_killed_process()
    {
        using var portal = NewPortal();
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "tokens.json");
        var store = new FileBitrix24TokenStore(path);
        await store.SaveAsync(TestCredentials.TokenOf(portal), CancellationToken.None);
        File.Copy(path, path + ".old");
        var used = TestClient.On(TestCredentials.OAuth(portal, store));
        portal.ExpireAccessToken();
        await used.AddCallListAsync(TestClient.Request);

        // The new pair was written, and the process was gone before it took the place of the old one.
        File.Move(path, path + ".new");
        File.Move(path + ".old", path);
        portal.ExpireAccessToken();
        await TestClient.On(TestCredentials.OAuth(portal, new FileBitrix24TokenStore(path))).AddCallListAsync(TestClient.Request);
        Assert.Equal(2, portal.TokenRefreshCount);

        // Half a file is no pair.
        await File.WriteAllTextAsync(path + ".new", "{\"access_token\":\"half");
        portal.ExpireAccessToken();
        await TestClient.On(TestCredentials.OAuth(portal, new FileBitrix24TokenStore(path))).AddCallListAsync(TestClient.Request);
        Assert.Equal(3, portal.TokenRefreshCount);
    }

    [Fact]
    public async Task File_store_waits_for_a_writer_without_the_lock()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "tokens.json");
        var store = new FileBitrix24TokenStore(path);
        Task<IAsyncDisposable> locking;
        await using (var writing = new FileStream(path + ".new", FileMode.CreateNew, FileAccess.Write, FileShare.None))
        {
            locking = store.LockAsync(CancellationToken.None).AsTask();
            Assert.False(locking.IsCompleted);
        }

        await using (await locking)
        {
            Assert.False(File.Exists(path + ".new"));
        }

        await using var next = await store.LockAsync(CancellationToken.None);
    }

    [Fact]
    public async Task File_store_has_one_lock_holder_at_a_time()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "tokens.json");
        var inside = 0;

        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        await using (await new FileBitrix24TokenStore(path, new SkippingTimeProvider()).LockAsync(CancellationToken.None))
                        {
                            Assert.Equal(1, Interlocked.Increment(ref inside));
                            await Task.Yield();
                            Interlocked.Decrement(ref inside);
                        }
                    })
                )
        );

        await using var held = await new FileBitrix24TokenStore(path).LockAsync(CancellationToken.None);
        using var cancellation = new CancellationTokenSource();
        var waiting = new FileBitrix24TokenStore(path).LockAsync(cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public void Invalid_option_is_named()
    {
        static string Message(Action<Bitrix24OAuthOptions> change)
        {
            var options = new Bitrix24OAuthOptions
            {
                PortalUrl = "https://acme.bitrix24.com/",
                ClientId = "app",
                ClientSecret = "s3cr3t",
                TokenStore = new InMemoryBitrix24TokenStore(),
            };
            change(options);
            var exception = Assert.Throws<ArgumentException>("options", () => Bitrix24Credentials.OAuth(options));
            Assert.DoesNotContain("s3cr3t", exception.ToString(), StringComparison.Ordinal);
            return exception.Message;
        }

        Assert.StartsWith("The portal URL is not an absolute", Message(options => options.PortalUrl = null), StringComparison.Ordinal);
        Assert.StartsWith("ClientId is not set.", Message(options => options.ClientId = " "), StringComparison.Ordinal);
        Assert.StartsWith("ClientSecret is not set.", Message(options => options.ClientSecret = null), StringComparison.Ordinal);
        Assert.StartsWith("TokenStore is not set.", Message(options => options.TokenStore = null), StringComparison.Ordinal);
        var insecure = new Uri("http://oauth.example/");
        Assert.StartsWith(
            "TokenEndpoint does not use https",
            Message(options => options.TokenEndpoint = insecure),
            StringComparison.Ordinal
        );
    }

    private static Task<Bitrix24AuthenticationException> Fails(Bitrix24Client bitrix24) =>
        Assert.ThrowsAsync<Bitrix24AuthenticationException>(() => bitrix24.AddCallListAsync(TestClient.Request));

    private static Task<Bitrix24AuthenticationException> ExchangeFails(Bitrix24OAuthOptions options, string code) =>
        Assert.ThrowsAsync<Bitrix24AuthenticationException>(() => Bitrix24OAuthClient.Create(options).ExchangeCodeAsync(code));

    private static SimulatedPortal NewPortal()
    {
        var portal = SimulatedPortal.Start();
        portal.Contacts.Add(9, 17, 19);
        portal.Webforms.Add(1);
        return portal;
    }

    /// <summary>A store whose tokens another process refreshes all the time.</summary>
    private sealed class RestlessStore : IBitrix24TokenStore
    {
        private int pairs;

        public ValueTask<Bitrix24Token?> LoadAsync(CancellationToken cancellationToken) =>
            new(new Bitrix24Token { AccessToken = $"access{++pairs}", RefreshToken = $"refresh{pairs}" });

        public ValueTask SaveAsync(Bitrix24Token token, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<IAsyncDisposable> LockAsync(CancellationToken cancellationToken) => new(new MemoryStream());
    }

    /// <summary>A store whose lock cannot be released.</summary>
    private sealed class StuckStore(Bitrix24Token token, TaskCompletionSource released, bool hangs) : IBitrix24TokenStore, IAsyncDisposable
    {
        private readonly InMemoryBitrix24TokenStore store = new(token);

        public ValueTask<Bitrix24Token?> LoadAsync(CancellationToken cancellationToken) => store.LoadAsync(cancellationToken);

        public ValueTask SaveAsync(Bitrix24Token token, CancellationToken cancellationToken) => store.SaveAsync(token, cancellationToken);

        public ValueTask<IAsyncDisposable> LockAsync(CancellationToken cancellationToken) => new(this);

        public ValueTask DisposeAsync()
        {
            released.TrySetResult();
            return hangs ? new(new TaskCompletionSource().Task) : throw new IOException("The connection is gone.");
        }
    }

    /// <summary>A store whose exception shows the tokens.</summary>
    private sealed class TelltaleStore : IBitrix24TokenStore
    {
        public bool IsLocked { get; init; }

        public ValueTask<Bitrix24Token?> LoadAsync(CancellationToken cancellationToken) => default;

        public ValueTask SaveAsync(Bitrix24Token token, CancellationToken cancellationToken) =>
            throw new InvalidOperationException($"Truncated: {token.AccessToken}");

        public ValueTask<IAsyncDisposable> LockAsync(CancellationToken cancellationToken) =>
            IsLocked ? throw new IOException("locked") : new(new MemoryStream());
    }

    /// <summary>A store that can fail and that notes when it is saved to.</summary>
    private sealed class ObservedStore(Bitrix24Token token, Func<int> listsMade) : IBitrix24TokenStore
    {
        private readonly InMemoryBitrix24TokenStore store = new(token);
        private readonly ConcurrentQueue<int> listsWhenSaved = new();

        public int Failures { get; set; }

        public bool Hangs { get; set; }

        public Action? BeforeSave { get; set; }

        public IEnumerable<int> ListsWhenSaved => listsWhenSaved;

        public ValueTask<Bitrix24Token?> LoadAsync(CancellationToken cancellationToken) => store.LoadAsync(cancellationToken);

        public async ValueTask SaveAsync(Bitrix24Token token, CancellationToken cancellationToken)
        {
            BeforeSave?.Invoke();
            if (Hangs)
            {
                await new TaskCompletionSource().Task;
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (Failures-- > 0)
            {
                throw new IOException("No space left on device");
            }

            listsWhenSaved.Enqueue(listsMade());
            await store.SaveAsync(token, cancellationToken);
        }

        public ValueTask<IAsyncDisposable> LockAsync(CancellationToken cancellationToken) => store.LockAsync(cancellationToken);
    }
}
