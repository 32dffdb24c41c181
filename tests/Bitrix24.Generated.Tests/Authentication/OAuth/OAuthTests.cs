using System.Collections.Concurrent;
using System.Net;
using Bitrix24.Testing;

namespace Bitrix24.Tests;

public sealed class OAuthTests
{
    [Fact]
    public async Task Two_hundred_calls_on_an_expired_token_renew_it_once_and_all_succeed()
    {
        using var portal = NewPortal();
        var bitrix24 = TestClient.On(TestCredentials.Of("oauth", portal));
        portal.ExpireAccessToken();

        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => bitrix24.AddCallListAsync(TestClient.Request)));

        Assert.Equal(1, portal.TokenRefreshCount);
        Assert.Equal(200, portal.CallLists.Count);
    }

    [Fact]
    public async Task Nothing_is_renewed_while_the_portal_accepts_the_token()
    {
        using var portal = NewPortal();
        var store = new InMemoryBitrix24TokenStore(new Bitrix24Token { AccessToken = portal.AccessToken, RefreshToken = portal.RefreshToken, ExpiresAt = DateTimeOffset.UnixEpoch });

        await TestClient.On(TestCredentials.OAuth(portal, store)).AddCallListAsync(TestClient.Request);

        Assert.Equal(0, portal.TokenRefreshCount);
    }

    [Fact]
    public async Task Renewal_is_a_form_in_the_body_and_the_call_is_repeated_with_the_new_token()
    {
        using var portal = NewPortal();
        var store = new InMemoryBitrix24TokenStore(TestCredentials.TokenOf(portal));
        var (oldAccess, oldRefresh) = (portal.AccessToken, portal.RefreshToken);
        portal.ExpireAccessToken();

        await TestClient.On(TestCredentials.OAuth(portal, store)).AddCallListAsync(TestClient.Request);

        Assert.Equal(["crm.calllist.add", "", "crm.calllist.add"], portal.Requests.Select(request => request.Method));
        var renewal = portal.Requests[1];
        Assert.Equal(("POST", "/oauth/token/", "application/x-www-form-urlencoded"), (renewal.HttpMethod, renewal.PathAndQuery, renewal.Headers["Content-Type"]));
        Assert.Equal($"grant_type=refresh_token&client_id={portal.ClientId}&client_secret={portal.ClientSecret}&refresh_token={oldRefresh}", renewal.Body);
        Assert.Contains(oldAccess, portal.Requests[0].Body, StringComparison.Ordinal);
        Assert.Contains(portal.AccessToken, portal.Requests[2].Body, StringComparison.Ordinal);
        Assert.Equal((portal.AccessToken, portal.RefreshToken), (store.Token!.AccessToken, store.Token.RefreshToken));
        Assert.NotNull(store.Token.ExpiresAt);
    }

    [Fact]
    public async Task New_pair_is_stored_before_it_is_used()
    {
        using var portal = NewPortal();
        var store = new ObservedStore(TestCredentials.TokenOf(portal), () => portal.CallLists.Count);
        portal.ExpireAccessToken();

        await TestClient.On(TestCredentials.OAuth(portal, store)).AddCallListAsync(TestClient.Request);

        Assert.Equal([0], store.ListsWhenSaved);
        Assert.Single(portal.CallLists);
    }

    [Fact]
    public async Task Pair_that_could_not_be_stored_is_not_used_and_not_lost()
    {
        using var portal = NewPortal();
        var store = new ObservedStore(TestCredentials.TokenOf(portal), () => 0) { Failures = 3 };
        var bitrix24 = TestClient.On(TestCredentials.OAuth(portal, store), options => options.TimeProvider = new SkippingTimeProvider());
        portal.ExpireAccessToken();

        var exception = await Assert.ThrowsAsync<Bitrix24AuthenticationException>(() => bitrix24.AddCallListAsync(TestClient.Request));
        Assert.Equal(CallExecution.NotExecuted, exception.Execution);
        Assert.Contains("the token store failed (IOException)", exception.Message, StringComparison.Ordinal);
        Assert.Empty(portal.CallLists);

        await bitrix24.AddCallListAsync(TestClient.Request);
        Assert.Equal(1, portal.TokenRefreshCount);
        Assert.Single(portal.CallLists);
    }

    [Fact]
    public async Task Store_that_fails_for_a_moment_is_given_another_chance()
    {
        using var portal = NewPortal();
        var store = new ObservedStore(TestCredentials.TokenOf(portal), () => 0) { Failures = 2 };
        portal.ExpireAccessToken();

        await TestClient.On(TestCredentials.OAuth(portal, store), options => options.TimeProvider = new SkippingTimeProvider()).AddCallListAsync(TestClient.Request);

        Assert.Single(portal.CallLists);
    }

    [Fact]
    public async Task Newer_pair_in_the_store_wins_over_one_that_could_not_be_stored()
    {
        using var portal = NewPortal();
        var store = new ObservedStore(TestCredentials.TokenOf(portal), () => 0) { Failures = 3 };
        var bitrix24 = TestClient.On(TestCredentials.OAuth(portal, store), options => options.TimeProvider = new SkippingTimeProvider());
        portal.ExpireAccessToken();
        await Assert.ThrowsAsync<Bitrix24AuthenticationException>(() => bitrix24.AddCallListAsync(TestClient.Request));

        // Another process renews after that.
        await store.SaveAsync(TestCredentials.TokenOf(portal), CancellationToken.None);
        await TestClient.On(TestCredentials.OAuth(portal, store)).AddCallListAsync(TestClient.Request);
        portal.ExpireAccessToken();
        await TestClient.On(TestCredentials.OAuth(portal, store)).AddCallListAsync(TestClient.Request);
        await bitrix24.AddCallListAsync(TestClient.Request);

        Assert.Equal(portal.RefreshToken, (await store.LoadAsync(CancellationToken.None))!.RefreshToken);
        Assert.Equal((2, 3), (portal.TokenRefreshCount, portal.CallLists.Count));
    }

    [Fact]
    public async Task Store_that_never_answers_does_not_hold_the_calls_for_ever()
    {
        using var portal = NewPortal();
        var clock = new SkippingTimeProvider();
        var saving = new TaskCompletionSource();
        var store = new ObservedStore(TestCredentials.TokenOf(portal), () => 0) { BeforeSave = saving.SetResult, Hangs = true };
        portal.ExpireAccessToken();

        var call = TestClient.On(TestCredentials.OAuth(portal, store), options => options.TimeProvider = clock).AddCallListAsync(TestClient.Request);
        await saving.Task;
        while (!call.IsCompleted)
        {
            clock.ExpireAttempts();
            await Task.Yield();
        }

        var exception = await Assert.ThrowsAsync<Bitrix24AuthenticationException>(() => call);
        Assert.Contains("its refresh takes too long; the refresh goes on", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pair_of_another_process_that_has_expired_too_is_renewed()
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
    public async Task Token_that_the_portal_does_not_know_any_more_is_looked_up_again()
    {
        using var portal = NewPortal();
        var store = new InMemoryBitrix24TokenStore(new Bitrix24Token { AccessToken = "revoked", RefreshToken = "revoked" });
        var bitrix24 = TestClient.On(TestCredentials.OAuth(portal, store));
        var exception = await Assert.ThrowsAsync<Bitrix24AuthenticationException>(() => bitrix24.AddCallListAsync(TestClient.Request));
        Assert.Equal(1, exception.Attempts);

        await store.SaveAsync(TestCredentials.TokenOf(portal), CancellationToken.None);
        await bitrix24.AddCallListAsync(TestClient.Request);

        Assert.Equal(0, portal.TokenRefreshCount);
        Assert.Single(portal.CallLists);
    }

    [Fact]
    public async Task Refusal_beside_a_result_is_not_sent_again_with_another_token()
    {
        using var portal = NewPortal();
        var store = new InMemoryBitrix24TokenStore(TestCredentials.TokenOf(portal));
        var bitrix24 = TestClient.On(TestCredentials.OAuth(portal, store));
        await bitrix24.AddCallListAsync(TestClient.Request);
        await store.SaveAsync(new Bitrix24Token { AccessToken = "other", RefreshToken = "other" }, CancellationToken.None);
        portal.FailNext(SimulatedFault.Answer(HttpStatusCode.Unauthorized, """{"result":2,"error":"NO_AUTH_FOUND"}"""));

        var exception = await Assert.ThrowsAsync<Bitrix24AuthenticationException>(() => bitrix24.AddCallListAsync(TestClient.Request));

        Assert.Equal((CallExecution.Unknown, 1), (exception.Execution, exception.Attempts));
        Assert.Equal(2, portal.Requests.Count);
    }

    [Fact]
    public async Task Portal_that_takes_every_token_for_an_expired_one_does_not_cost_a_renewal_each_time()
    {
        using var portal = NewPortal();
        var bitrix24 = TestClient.On(TestCredentials.Of("oauth", portal), options => options.TimeProvider = new SkippingTimeProvider());
        portal.FailNext(SimulatedFault.Error(HttpStatusCode.Unauthorized, "expired_token"), times: 100);

        for (var call = 0; call < 5; call++)
        {
            await Assert.ThrowsAsync<Bitrix24AuthenticationException>(() => bitrix24.AddCallListAsync(TestClient.Request));
        }

        Assert.Equal(1, portal.TokenRefreshCount);
    }

    [Fact]
    public async Task Pairs_of_other_processes_that_have_all_expired_are_given_up_after_the_third()
    {
        using var portal = NewPortal();
        var credentials = TestCredentials.OAuth(portal, new RestlessStore());
        portal.FailNext(SimulatedFault.Error(HttpStatusCode.Unauthorized, "expired_token"), times: 100);

        var exception = await Assert.ThrowsAsync<Bitrix24AuthenticationException>(() => TestClient.On(credentials).AddCallListAsync(TestClient.Request));

        Assert.Equal((Bitrix24ErrorCode.ExpiredToken, CallExecution.NotExecuted), (exception.ErrorCode, exception.Execution));
        Assert.Equal(["access1", "access2", "access3"], portal.Requests.Select(request => (string?)Newtonsoft.Json.Linq.JObject.Parse(request.Body)["auth"]));
    }

    [Fact]
    public async Task Settings_that_an_application_makes_for_Newtonsoft_do_not_reach_the_file()
    {
        using var folder = new TemporaryFolder();
        var store = new FileBitrix24TokenStore(Path.Combine(folder.Path, "tokens.json"));
        var before = Newtonsoft.Json.JsonConvert.DefaultSettings;
        Newtonsoft.Json.JsonConvert.DefaultSettings = () => new Newtonsoft.Json.JsonSerializerSettings { Converters = [new Newtonsoft.Json.Converters.UnixDateTimeConverter()] };
        try
        {
            await store.SaveAsync(new Bitrix24Token { AccessToken = "a", RefreshToken = "r", ExpiresAt = DateTimeOffset.UnixEpoch }, CancellationToken.None);
            Assert.Equal(DateTimeOffset.UnixEpoch, (await store.LoadAsync(CancellationToken.None))!.ExpiresAt);
        }
        finally
        {
            Newtonsoft.Json.JsonConvert.DefaultSettings = before;
        }
    }

    [Fact]
    public async Task Store_without_a_usable_pair_says_so()
    {
        using var portal = NewPortal();
        foreach (var token in new[] { new Bitrix24Token(), new Bitrix24Token { AccessToken = "a", RefreshToken = null! } })
        {
            var exception = await Assert.ThrowsAsync<Bitrix24AuthenticationException>(() => TestClient.On(TestCredentials.OAuth(portal, new InMemoryBitrix24TokenStore(token))).AddCallListAsync(TestClient.Request));
            Assert.Contains("a pair without an access token or without a refresh token", exception.Message, StringComparison.Ordinal);
        }

        Assert.Empty(portal.Requests);
    }

    [Fact]
    public async Task Refused_renewal_is_told_to_all_and_asked_for_once()
    {
        using var portal = NewPortal();
        var store = new InMemoryBitrix24TokenStore(new Bitrix24Token { AccessToken = portal.AccessToken, RefreshToken = "used-up" });
        var bitrix24 = TestClient.On(TestCredentials.OAuth(portal, store));
        portal.ExpireAccessToken();

        var calls = Enumerable.Range(0, 20).Select(_ => Assert.ThrowsAsync<Bitrix24AuthenticationException>(() => bitrix24.AddCallListAsync(TestClient.Request)));
        var exceptions = await Task.WhenAll(calls);

        Assert.All(exceptions, exception => Assert.Equal((Bitrix24ErrorCode.InvalidGrant, CallExecution.NotExecuted, "crm.calllist.add"), (exception.ErrorCode, exception.Execution, exception.Method)));
        Assert.Equal(1, portal.Requests.Count(request => request.PathAndQuery == "/oauth/token/"));
        Assert.Empty(portal.CallLists);

        // Somebody authorizes again.
        await store.SaveAsync(TestCredentials.TokenOf(portal), CancellationToken.None);
        await bitrix24.AddCallListAsync(TestClient.Request);
        Assert.Equal(1, portal.TokenRefreshCount);
    }

    [Fact]
    public async Task Authorization_server_that_fails_is_left_alone_for_half_a_minute()
    {
        using var portal = NewPortal();
        var clock = new SkippingTimeProvider();
        var bitrix24 = TestClient.On(TestCredentials.Of("oauth", portal), options => options.TimeProvider = clock);
        portal.ExpireAccessToken();
        portal.FailNextRenewal(SimulatedFault.HtmlPage(HttpStatusCode.BadGateway));

        await Assert.ThrowsAsync<Bitrix24AuthenticationException>(() => bitrix24.AddCallListAsync(TestClient.Request));
        await Assert.ThrowsAsync<Bitrix24AuthenticationException>(() => bitrix24.AddCallListAsync(TestClient.Request));
        Assert.Equal(1, portal.Requests.Count(request => request.PathAndQuery == "/oauth/token/"));

        clock.Advance(TimeSpan.FromSeconds(31));
        portal.FailNextRenewal(SimulatedFault.Error(HttpStatusCode.ServiceUnavailable, "QUERY_LIMIT_EXCEEDED"));
        await Assert.ThrowsAsync<Bitrix24AuthenticationException>(() => bitrix24.AddCallListAsync(TestClient.Request));

        clock.Advance(TimeSpan.FromSeconds(31));
        await bitrix24.AddCallListAsync(TestClient.Request);
        Assert.Single(portal.CallLists);
    }

    [Fact]
    public async Task Cancelled_caller_does_not_lose_the_renewal()
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
    public async Task Two_processes_with_one_store_do_not_burn_each_others_refresh_token()
    {
        using var portal = NewPortal();
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "tokens.json");
        await new FileBitrix24TokenStore(path).SaveAsync(TestCredentials.TokenOf(portal), CancellationToken.None);
        var clock = new SkippingTimeProvider();
        var clients = Enumerable.Range(0, 2).Select(_ => TestClient.On(TestCredentials.OAuth(portal, new FileBitrix24TokenStore(path)), options => options.TimeProvider = clock)).ToList();

        for (var round = 1; round <= 3; round++)
        {
            portal.ExpireAccessToken();
            await Task.WhenAll(clients.SelectMany(client => Enumerable.Range(0, 10).Select(_ => client.AddCallListAsync(TestClient.Request))));
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

        await Assert.ThrowsAsync<Bitrix24AuthenticationException>(() => Bitrix24OAuthClient.Create(options).ExchangeCodeAsync("no-such-code"));
        Assert.Null(store.Token);
        using (var other = NewPortal())
        {
            var failed = TestCredentials.Options(other, new ObservedStore(new Bitrix24Token(), () => 0) { Failures = 3 });
            var exception = await Assert.ThrowsAsync<Bitrix24AuthenticationException>(() => Bitrix24OAuthClient.Create(failed).ExchangeCodeAsync(other.AuthorizationCode));
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
    public async Task Pair_that_was_exchanged_for_a_code_survives_a_store_that_fails_for_a_moment()
    {
        using var portal = NewPortal();
        var store = new ObservedStore(new Bitrix24Token(), () => 0) { Failures = 2 };

        await Bitrix24OAuthClient.Create(TestCredentials.Options(portal, store)).ExchangeCodeAsync(portal.AuthorizationCode);

        Assert.Equal(portal.AccessToken, (await store.LoadAsync(CancellationToken.None))!.AccessToken);
    }

    [Fact]
    public async Task Store_that_fails_with_the_new_tokens_in_its_words_is_not_quoted()
    {
        using var portal = NewPortal();
        var telltale = TestCredentials.Options(portal, new TelltaleStore());

        var exception = await Assert.ThrowsAsync<Bitrix24AuthenticationException>(() => Bitrix24OAuthClient.Create(telltale).ExchangeCodeAsync(portal.AuthorizationCode));

        Assert.Null(exception.InnerException);
        Assert.DoesNotContain(portal.AccessToken, exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_is_not_sent_when_there_is_no_place_for_what_it_gives()
    {
        using var portal = NewPortal();
        var locked = TestCredentials.Options(portal, new TelltaleStore { IsLocked = true });

        var exception = await Assert.ThrowsAsync<Bitrix24AuthenticationException>(() => Bitrix24OAuthClient.Create(locked).ExchangeCodeAsync(portal.AuthorizationCode));

        Assert.Equal(CallExecution.NotExecuted, exception.Execution);
        Assert.Empty(portal.Requests);
    }

    [Fact]
    public async Task Empty_store_says_what_to_do_and_nothing_is_sent()
    {
        using var portal = NewPortal();
        var bitrix24 = TestClient.On(TestCredentials.OAuth(portal, new InMemoryBitrix24TokenStore()));

        var exception = await Assert.ThrowsAsync<Bitrix24AuthenticationException>(() => bitrix24.AddCallListAsync(TestClient.Request));

        Assert.Equal("crm.calllist.add failed: the token store is empty; exchange an authorization code for the first tokens.", exception.Message);
        Assert.Empty(portal.Requests);
    }

    [Fact]
    public async Task File_store_keeps_its_file_for_the_owner_and_whole()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "tokens.json");
        var store = new FileBitrix24TokenStore(path);
        Assert.Null(await store.LoadAsync(CancellationToken.None));
        var expiresAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2));

        await store.SaveAsync(new Bitrix24Token { AccessToken = "a1", RefreshToken = "r1" }, CancellationToken.None);
        await store.SaveAsync(new Bitrix24Token { AccessToken = "a2", RefreshToken = "r2", ExpiresAt = expiresAt }, CancellationToken.None);

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
    public async Task Process_killed_while_it_stored_the_new_pair_has_not_lost_it()
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
    public async Task File_store_waits_for_somebody_who_writes_the_new_pair_without_the_lock()
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
    public async Task File_store_lets_one_in_at_a_time()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "tokens.json");
        var inside = 0;

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            await using (await new FileBitrix24TokenStore(path, new SkippingTimeProvider()).LockAsync(CancellationToken.None))
            {
                Assert.Equal(1, Interlocked.Increment(ref inside));
                await Task.Yield();
                Interlocked.Decrement(ref inside);
            }
        })));

        await using var held = await new FileBitrix24TokenStore(path).LockAsync(CancellationToken.None);
        using var cancellation = new CancellationTokenSource();
        var waiting = new FileBitrix24TokenStore(path).LockAsync(cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public void Wrong_options_are_named()
    {
        static string Message(Action<Bitrix24OAuthOptions> change)
        {
            var options = new Bitrix24OAuthOptions { PortalUrl = "https://acme.bitrix24.com/", ClientId = "app", ClientSecret = "s3cr3t", TokenStore = new InMemoryBitrix24TokenStore() };
            change(options);
            var exception = Assert.Throws<ArgumentException>("options", () => Bitrix24Credentials.OAuth(options));
            Assert.DoesNotContain("s3cr3t", exception.ToString(), StringComparison.Ordinal);
            return exception.Message;
        }

        Assert.StartsWith("The portal URL is not an absolute", Message(options => options.PortalUrl = null), StringComparison.Ordinal);
        Assert.StartsWith("ClientId is not set.", Message(options => options.ClientId = " "), StringComparison.Ordinal);
        Assert.StartsWith("ClientSecret is not set.", Message(options => options.ClientSecret = null), StringComparison.Ordinal);
        Assert.StartsWith("TokenStore is not set.", Message(options => options.TokenStore = null), StringComparison.Ordinal);
        Assert.StartsWith("TokenEndpoint does not use https", Message(options => options.TokenEndpoint = new Uri("http://oauth.example/")), StringComparison.Ordinal);
    }

    private static SimulatedPortal NewPortal()
    {
        var portal = SimulatedPortal.Start();
        portal.Contacts.Add(9, 17, 19);
        portal.Webforms.Add(1);
        return portal;
    }

    /// <summary>Somebody else renews without end.</summary>
    private sealed class RestlessStore : IBitrix24TokenStore
    {
        private int pairs;

        public ValueTask<Bitrix24Token?> LoadAsync(CancellationToken cancellationToken) => new(new Bitrix24Token { AccessToken = $"access{++pairs}", RefreshToken = $"refresh{pairs}" });

        public ValueTask SaveAsync(Bitrix24Token token, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<IAsyncDisposable> LockAsync(CancellationToken cancellationToken) => new(new MemoryStream());
    }

    /// <summary>Says the tokens that it cannot save.</summary>
    private sealed class TelltaleStore : IBitrix24TokenStore
    {
        public bool IsLocked { get; init; }

        public ValueTask<Bitrix24Token?> LoadAsync(CancellationToken cancellationToken) => default;

        public ValueTask SaveAsync(Bitrix24Token token, CancellationToken cancellationToken) => throw new InvalidOperationException($"Truncated: {token.AccessToken}");

        public ValueTask<IAsyncDisposable> LockAsync(CancellationToken cancellationToken) => IsLocked ? throw new IOException("locked") : new(new MemoryStream());
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
