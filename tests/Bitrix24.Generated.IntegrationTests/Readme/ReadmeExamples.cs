using System.Text.Json;
using Bitrix24.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Bitrix24.Tests;

/// <summary>Runs the code of the README and of most pages on a simulated portal. It is the same text, word for word.</summary>
public sealed class ReadmeExamples : IDisposable
{
    private readonly SimulatedPortal simulated = SimulatedPortal.Start();

    public ReadmeExamples()
    {
        simulated.Contacts.Add(9, 17, 19);
        simulated.Webforms.Add(1);
    }

    public void Dispose() => simulated.Dispose();

    [Fact]
    public async Task First_call()
    {
        Environment.SetEnvironmentVariable("BITRIX24_WEBHOOK_URL", simulated.WebhookUrl);

        string webhookUrl = Environment.GetEnvironmentVariable("BITRIX24_WEBHOOK_URL")!;   // https://{portal}/rest/{user id}/{webhook code}/
        var bitrix24 = Bitrix24Client.Create(webhookUrl);

        AddCallListResponse response = await bitrix24.AddCallListAsync(new AddCallListRequest
        {
            EntityType = CallListEntityType.Contact,
            Entities = [9, 17, 19],
            WebformId = 1,
        });

        Console.WriteLine($"Created call list {response.Result} in {response.Time?.DurationSeconds} s.");

        Assert.Equal(simulated.CallLists.Single().Id, response.Result);
    }

    [Fact]
    public async Task Lists()
    {
        var bitrix24 = Bitrix24Client.Create(simulated.WebhookUrl);

        var newest = await bitrix24.ListCallListsAsync(new ListCallListsRequest
        {
            Filter = new CallListFilter()
                .Equal(CallListFilterField.EntityTypeId, 3)   // 3: lists of contacts, 4: lists of companies
                .AtLeast(CallListFilterField.Id, 100),
            Order = new CallListOrder().By(CallListField.DateCreate, SortDirection.Descending),
        });

        Assert.Empty(newest.Result);
    }

    [Fact]
    public async Task Access_token()
    {
        var (portalUrl, accessToken) = (simulated.Url.ToString(), simulated.AccessToken);

        var bitrix24 = Bitrix24Client.Create(new Bitrix24ClientOptions
        {
            Credentials = Bitrix24Credentials.AccessToken(portalUrl, accessToken),
            ApplicationName = "Acme.Erp/2.1",
            AttemptTimeout = TimeSpan.FromSeconds(70),
        });

        await bitrix24.AddCallListAsync(TestClient.Request);
        Assert.Single(simulated.CallLists);
    }

    [Fact]
    public async Task Dependency_injection()
    {
        var webhookUrl = simulated.WebhookUrl;
        var services = new ServiceCollection();

        services.AddBitrix24Client(options => options.Credentials = Bitrix24Credentials.Webhook(webhookUrl));

        using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request);
        Assert.Single(simulated.CallLists);
    }

    [Fact]
    public async Task Dependency_injection_with_configuration()
    {
        var settings = new Dictionary<string, string?> { ["Bitrix24:WebhookUrl"] = simulated.WebhookUrl };
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var services = new ServiceCollection();

        services.AddBitrix24Client(configuration.GetSection("Bitrix24"));

        using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request);
        Assert.Single(simulated.CallLists);
    }

    [Fact]
    public void Tokens_in_a_custom_store()
    {
        var token = new Bitrix24Token { AccessToken = "access", RefreshToken = "refresh", ExpiresAt = DateTimeOffset.UnixEpoch };

        string saved = JsonSerializer.Serialize(new { token.AccessToken, token.RefreshToken, token.ExpiresAt });   // not of token itself

        JsonElement row = JsonSerializer.Deserialize<JsonElement>(saved);
        var loaded = new Bitrix24Token
        {
            AccessToken = row.GetProperty("AccessToken").GetString()!,
            RefreshToken = row.GetProperty("RefreshToken").GetString()!,
        };

        Assert.Equal(("access", "refresh"), (loaded.AccessToken, loaded.RefreshToken));
    }

    [Fact]
    public async Task OAuth_application()
    {
        using var folder = new TemporaryFolder();
        var tokenFile = Path.Combine(folder.Path, "tokens.json");
        await new FileBitrix24TokenStore(tokenFile).SaveAsync(TestCredentials.TokenOf(simulated), CancellationToken.None);
        var (portalUrl, clientId, clientSecret) = (simulated.Url.ToString(), simulated.ClientId, simulated.ClientSecret);

        var credentials = Bitrix24Credentials.OAuth(new Bitrix24OAuthOptions
        {
            PortalUrl = portalUrl,
            ClientId = clientId,
            ClientSecret = clientSecret,
            TokenStore = new FileBitrix24TokenStore(tokenFile),
        });

        await TestClient.On(credentials).AddCallListAsync(TestClient.Request);
        Assert.Single(simulated.CallLists);
    }

    [Fact]
    public async Task Authorization_code()
    {
        using var folder = new TemporaryFolder();
        var (tokenFile, clientId, clientSecret, code) = (Path.Combine(folder.Path, "tokens.json"), simulated.ClientId, simulated.ClientSecret, simulated.AuthorizationCode);

        var application = new Bitrix24OAuthOptions
        {
            ClientId = clientId,
            ClientSecret = clientSecret,
            TokenStore = new FileBitrix24TokenStore(tokenFile),
        };

        application.TokenEndpoint = simulated.TokenEndpoint;

        var (portalUrl, state) = (simulated.Url.ToString(), "r4nd0m");

        Bitrix24OAuthClient oauth = Bitrix24OAuthClient.Create(application);
        Uri page = oauth.GetAuthorizeUrl(portalUrl, state);

        Assert.Equal($"/oauth/authorize/?client_id={clientId}&state=r4nd0m", page.PathAndQuery);

        Bitrix24Authorization authorization = await oauth.ExchangeCodeAsync(code);
        application.PortalUrl = authorization.PortalUrl!.ToString();
        var bitrix24 = Bitrix24Client.Create(new Bitrix24ClientOptions { Credentials = Bitrix24Credentials.OAuth(application) });

        await bitrix24.AddCallListAsync(TestClient.Request);
        Assert.Single(simulated.CallLists);
    }

    [Fact]
    public async Task Access_token_of_a_function()
    {
        var (portalUrl, vault) = (simulated.Url.ToString(), new Vault(simulated));

        var credentials = Bitrix24Credentials.AccessToken(portalUrl, async cancellationToken => await vault.GetTokenAsync(cancellationToken));

        await TestClient.On(credentials).AddCallListAsync(TestClient.Request);
        Assert.Single(simulated.CallLists);
    }

    [Fact]
    public async Task First_tokens_of_a_page()
    {
        var application = TestCredentials.Options(simulated, new InMemoryBitrix24TokenStore());
        var form = new Dictionary<string, string> { ["AUTH_ID"] = simulated.AccessToken, ["REFRESH_ID"] = simulated.RefreshToken };
        var cancellationToken = CancellationToken.None;

        await using (await application.TokenStore!.LockAsync(cancellationToken))   // no refresh meanwhile
        {
            var token = new Bitrix24Token { AccessToken = form["AUTH_ID"], RefreshToken = form["REFRESH_ID"] };
            await application.TokenStore.SaveAsync(token, cancellationToken);
        }

        simulated.ExpireAccessToken();
        await TestClient.On(Bitrix24Credentials.OAuth(application)).AddCallListAsync(TestClient.Request);
        Assert.Single(simulated.CallLists);
    }

    [Fact]
    public async Task Many_portals()
    {
        using var provider = new ServiceCollection().AddBitrix24ClientFactory().Services.BuildServiceProvider();
        var factory = provider.GetRequiredService<IBitrix24ClientFactory>();
        var webhookUrl = simulated.WebhookUrl;

        IBitrix24Client bitrix24 = factory.Create(Bitrix24Credentials.Webhook(webhookUrl));

        await bitrix24.AddCallListAsync(TestClient.Request);
        Assert.Single(simulated.CallLists);
    }

    [Fact]
    public async Task Named_clients()
    {
        var services = new ServiceCollection();
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Acme:WebhookUrl", simulated.WebhookUrl)])
            .Build();

        services.AddBitrix24Client("acme", configuration.GetSection("Acme"));

        using var provider = services.BuildServiceProvider();
        await provider.GetRequiredKeyedService<IBitrix24Client>("acme").AddCallListAsync(TestClient.Request);
        Assert.Single(simulated.CallLists);
    }

    [Fact]
    public async Task Retries_and_limits()
    {
        var credentials = Bitrix24Credentials.Webhook(simulated.WebhookUrl);
        var services = new ServiceCollection();

        services.AddBitrix24Client(options =>
        {
            options.Credentials = credentials;
            options.Retry.MaxAttempts = 6;
            options.RateLimit = Bitrix24RateLimit.Enterprise;
            options.ExecutionTimeBudget = TimeSpan.FromSeconds(400);
        });

        using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request);
        Assert.Single(simulated.CallLists);
    }

    [Fact]
    public async Task Faults()
    {
        using var portal = SimulatedPortal.Start();
        portal.Contacts.Add(9);
        var bitrix24 = Bitrix24Client.Create(portal.WebhookUrl);
        var request = new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = [9] };

        portal.FailNext(SimulatedFault.ConnectionReset with { RunsCall = true });

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() => bitrix24.AddCallListAsync(request));

        Assert.Equal(CallExecution.Unknown, exception.Execution);
        Assert.Single(portal.CallLists);   // It was created once, and not sent again.
    }

    [Fact]
    public async Task Errors()
    {
        var bitrix24 = Bitrix24Client.Create(simulated.WebhookUrl);
        var request = new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = [404] };

        try
        {
            await bitrix24.AddCallListAsync(request);
        }
        catch (Bitrix24InvalidRequestException exception) when (exception.ErrorCode == Bitrix24ErrorCode.EntityError)
        {
            Console.WriteLine("One of the contacts no longer exists.");
        }
        catch (Bitrix24Exception exception) when (exception.Execution == CallExecution.NotExecuted)
        {
            Console.WriteLine($"No list was created: {exception.Message}");
        }
        catch (Bitrix24Exception exception)
        {
            Console.WriteLine($"Check the portal before you try again: {exception.Message}");
        }

        Assert.Empty(simulated.CallLists);
    }

    [Fact]
    public async Task Lists_created_since()
    {
        var bitrix24 = Bitrix24Client.Create(simulated.WebhookUrl);
        var newestIdBefore = (await bitrix24.AddCallListAsync(TestClient.Request)).Result;
        var created = (await bitrix24.AddCallListAsync(TestClient.Request)).Result;

        var since = new ListCallListsRequest { Filter = new CallListFilter().MoreThan(CallListFilterField.Id, newestIdBefore) };
        await foreach (CallListSummary list in bitrix24.EnumerateCallListsAsync(since))
        {
            Console.WriteLine($"{list.Id}, created at {list.CreatedAt}");
        }

        Assert.Equal(created, Assert.Single((await bitrix24.ListCallListsAsync(since)).Result).Id);
    }

    [Fact]
    public async Task Time()
    {
        var response = await Bitrix24Client.Create(simulated.WebhookUrl).AddCallListAsync(TestClient.Request);

        double? seconds = response.Time?.DurationSeconds;         // as sent
        TimeSpan? elapsed = response.Time?.Duration;              // the same value, typed
        DateTimeOffset? startedAt = response.Time?.StartedAt;     // with microseconds and the portal's offset
        TimeSpan? budgetUsed = response.Time?.Operating;          // the method's execution time within ten minutes
        DateTimeOffset? resetAt = response.Time?.OperatingResetAt;

        Assert.True(seconds >= 0 && elapsed >= TimeSpan.Zero && budgetUsed >= TimeSpan.Zero && resetAt > startedAt);
    }

    [Fact]
    public async Task Test_your_own_code()
    {
        using var portal = SimulatedPortal.Start();
        portal.Contacts.Add(9, 17);
        portal.Contacts.AddUnreadable(19);

        var bitrix24 = Bitrix24Client.Create(portal.WebhookUrl);
        await bitrix24.AddCallListAsync(new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = [9, 17, 19] });

        Assert.Equal([9, 17], Assert.Single(portal.CallLists).Entities);
        Assert.Single(portal.Requests);
    }

    [Fact]
    public async Task Items()
    {
        var bitrix24 = Bitrix24Client.Create(simulated.WebhookUrl);
        var response = await bitrix24.AddCallListAsync(TestClient.Request);

        await foreach (CallListItem item in bitrix24.EnumerateCallListItemsAsync(new ListCallListItemsRequest { ListId = response.Result }))
        {
            Console.WriteLine($"{item.Id}: {item.Status}");
        }
    }

    [Fact]
    public async Task Many_call_lists()
    {
        var bitrix24 = Bitrix24Client.Create(simulated.WebhookUrl);
        var cancellationToken = CancellationToken.None;
        AddCallListRequest[] requests = [TestClient.Request, new() { EntityType = CallListEntityType.Contact, Entities = [404] }];

        await foreach (AddCallListOutcome outcome in bitrix24.AddCallListsAsync(requests, cancellationToken: cancellationToken))
        {
            switch (outcome.Execution)
            {
                case CallExecution.Executed:
                    Console.WriteLine($"{outcome.Index}: created call list {outcome.Id}");
                    break;
                case CallExecution.NotExecuted:
                    Console.WriteLine($"{outcome.Index}: not created: {outcome.Exception!.Message}");
                    break;
                case CallExecution.Unknown:
                    Console.WriteLine($"{outcome.Index}: check the portal first: {outcome.Exception!.Message}");
                    break;
            }
        }

        Assert.Single(simulated.CallLists);
    }

    [Fact]
    public async Task Many_call_lists_with_options()
    {
        var bitrix24 = Bitrix24Client.Create(simulated.WebhookUrl);
        var cancellationToken = CancellationToken.None;
        var saved = 0;

        var options = new AddCallListsOptions
        {
            MaxConcurrency = 2,   // concurrent requests; the default is 1
            Progress = new Progress<AddCallListsProgress>(progress =>
                Console.WriteLine($"{progress.Completed} completed: {progress.Created} created, {progress.Unknown} unknown")),
        };

        await foreach (AddCallListOutcome outcome in bitrix24.AddCallListsAsync(ReadFromErpAsync(), options, cancellationToken))
        {
            await SaveAsync(outcome);
        }

        Assert.Equal(3, saved);

        async IAsyncEnumerable<AddCallListRequest> ReadFromErpAsync()
        {
            for (var row = 0; row < 3; row++)
            {
                await Task.Yield();
                yield return TestClient.Request;
            }
        }

        Task SaveAsync(AddCallListOutcome outcome)
        {
            saved += outcome.Id is null ? 0 : 1;
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Batch()
    {
        var bitrix24 = Bitrix24Client.Create(simulated.WebhookUrl);
        var request = TestClient.Request;

        BatchResult result = (await bitrix24.BatchAsync(new BatchRequest
        {
            Commands = new Dictionary<string, string>
            {
                ["created"] = BatchCommand.AddCallList(request),
                ["list"] = "crm.calllist.get?ID=$result[created]",   // the result of the first command
                ["user"] = BatchCommand.Call("user.current"),        // any method
            },
        })).Result;

        CallList list = result.ResultOf<GetCallListResponse>("list")!.Result;   // ResultOf returns null if the command failed
        BatchError? error = result.Errors.GetValueOrDefault("list");

        Assert.Equal(1, list.Id);
        Assert.Null(error);
    }

    [Fact]
    public async Task Portal_with_limits()
    {
        var request = new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = [9] };

        using var portal = SimulatedPortal.Start(new SimulatedPortalOptions
        {
            ExecutionTimeLimit = TimeSpan.FromSeconds(480),
            ProcessingTime = TimeSpan.FromSeconds(481),   // the time charged for each call; the call itself is fast
        });
        portal.Contacts.Add(9);
        portal.AddMethod("crm.contact.list", _ => new[] { new { ID = "9" } });

        var bitrix24 = Bitrix24Client.Create(portal.WebhookUrl);
        await bitrix24.AddCallListAsync(request);
        var exception = await Assert.ThrowsAsync<Bitrix24RateLimitException>(() => bitrix24.AddCallListAsync(request));

        Assert.Equal(Bitrix24ErrorCode.OperationTimeLimit, exception.ErrorCode);
        Assert.True(exception.RetryAfter > TimeSpan.FromMinutes(9));
    }

    private sealed class Vault(SimulatedPortal portal)
    {
        public ValueTask<string> GetTokenAsync(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new(portal.AccessToken);
        }
    }
}
