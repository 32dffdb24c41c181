using System.Data.Common;
using Bitrix24.Testing;
using Microsoft.Data.Sqlite;

namespace Bitrix24.Tests;

/// <summary>The token store of the page on OAuth, on a database that several processes share.</summary>
public sealed class TokenStoreExamples : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly SimulatedPortal portal = SimulatedPortal.Start();

    public TokenStoreExamples()
    {
        portal.Contacts.Add(9, 17, 19);
        portal.Webforms.Add(1);
        Execute(CreateTable());
    }

    public void Dispose()
    {
        portal.Dispose();
        SqliteConnection.ClearAllPools();
        folder.Dispose();
    }

    [Fact]
    public async Task Several_processes_refresh_the_tokens_once()
    {
        await FirstTokensAsync(NewStore());
        var clients = Enumerable.Range(0, 3).Select(_ => TestClient.On(TestCredentials.OAuth(portal, NewStore()))).ToList();
        portal.ExpireAccessToken();

        await Task.WhenAll(clients.SelectMany(client => Enumerable.Range(0, 5).Select(_ => client.AddCallListAsync(TestClient.Request))));

        Assert.Equal((1, 15), (portal.TokenRefreshCount, portal.CallLists.Count));
        Assert.Equal(portal.RefreshToken, (await NewStore().LoadAsync(CancellationToken.None))!.RefreshToken);
    }

    [Fact]
    public async Task Code_becomes_the_first_pair()
    {
        var store = NewStore();
        Assert.Null(await store.LoadAsync(CancellationToken.None));

        await Bitrix24OAuthClient.Create(TestCredentials.Options(portal, store)).ExchangeCodeAsync(portal.AuthorizationCode);

        Assert.Equal(portal.AccessToken, (await NewStore().LoadAsync(CancellationToken.None))!.AccessToken);
    }

    [Fact]
    public async Task Holder_that_lost_its_lock_cannot_save()
    {
        var (late, next) = (NewStore(), NewStore());
        await using var lost = await late.LockAsync(CancellationToken.None);
        Execute("UPDATE tokens SET expires = 0");
        await using (await next.LockAsync(CancellationToken.None))
        {
            await next.SaveAsync(Token("next"), CancellationToken.None);

            await Assert.ThrowsAsync<InvalidOperationException>(async () => await late.SaveAsync(Token("late"), CancellationToken.None));
            await lost.DisposeAsync();
            await next.SaveAsync(Token("newest"), CancellationToken.None);
        }

        Assert.Equal("newest", (await NewStore().LoadAsync(CancellationToken.None))!.AccessToken);
    }

    [Fact]
    public async Task One_holder_at_a_time_and_a_waiter_can_be_canceled()
    {
        var (one, other) = (NewStore(), NewStore());
        await using (await one.LockAsync(CancellationToken.None))
        {
            foreach (var store in new[] { one, other })
            {
                using var cancellation = new CancellationTokenSource();
                var waiting = store.LockAsync(cancellation.Token).AsTask();
                await cancellation.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
            }

            await one.SaveAsync(Token("one"), CancellationToken.None);
        }

        await using var held = await other.LockAsync(CancellationToken.None);
        await other.SaveAsync(Token("other"), CancellationToken.None);
    }

    [Fact]
    public async Task Save_without_the_lock_is_refused() =>
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await NewStore().SaveAsync(Token("any"), CancellationToken.None));

    private static Bitrix24Token Token(string name) => new() { AccessToken = name, RefreshToken = name + "-refresh" };

    private async Task FirstTokensAsync(SqlTokenStore store)
    {
        await using var held = await store.LockAsync(CancellationToken.None);
        await store.SaveAsync(TestCredentials.TokenOf(portal), CancellationToken.None);
    }

    private SqlTokenStore NewStore() => new(Connect, "acme.bitrix24.com");

    private SqliteConnection Connect() => new($"Data Source={Path.Combine(folder.Path, "tokens.db")}");

    private void Execute(string sql)
    {
        using var connection = Connect();
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text of a test, or of the page.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static string CreateTable()
    {
        var page = File.ReadAllText(Repository.PathOf("docs/oauth.md"));
        var start = page.IndexOf("```sql\n", StringComparison.Ordinal) + "```sql\n".Length;
        return page[start..page.IndexOf("```", start, StringComparison.Ordinal)];
    }
}

#pragma warning disable MA0048, CA1001 // Beside its tests; a semaphore without a wait handle holds nothing.
/// <summary>Keeps the tokens of a portal in a row of a table that several machines share.</summary>
public sealed class SqlTokenStore(Func<DbConnection> connect, string portal) : IBitrix24TokenStore
{
    private const int LeaseSeconds = 600;   // longer than a refresh; after a kill, the others wait no longer than this

    private readonly SemaphoreSlim gate = new(1, 1);   // one holder in this process
    private string? owner;

    public async ValueTask<Bitrix24Token?> LoadAsync(CancellationToken cancellationToken)
    {
        await using DbConnection connection = connect();
        await connection.OpenAsync(cancellationToken);
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = "SELECT access_token, refresh_token FROM tokens WHERE portal = @portal AND access_token IS NOT NULL";
        Set(command, "@portal", portal);
        await using DbDataReader row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? new Bitrix24Token { AccessToken = row.GetString(0), RefreshToken = row.GetString(1) }
            : null;
    }

    public async ValueTask SaveAsync(Bitrix24Token token, CancellationToken cancellationToken)
    {
        // A holder whose lease has passed to another process matches no row.
        const string Sql = "UPDATE tokens SET access_token = @access, refresh_token = @refresh WHERE portal = @portal AND owner = @owner";
        if (await ExecuteAsync(Sql, token, cancellationToken) == 0)
        {
            throw new InvalidOperationException("This process does not hold the lock. Nothing was saved.");
        }
    }

    public async ValueTask<IAsyncDisposable> LockAsync(CancellationToken cancellationToken)
    {
        const string Create = "INSERT INTO tokens (portal) VALUES (@portal) ON CONFLICT DO NOTHING";

        // The clock of the database: those of the machines may differ.
        const string Take = """
            UPDATE tokens SET owner = @owner, expires = unixepoch() + @lease
            WHERE portal = @portal AND (owner IS NULL OR expires < unixepoch())
            """;
        await gate.WaitAsync(cancellationToken);
        try
        {
            owner = Guid.NewGuid().ToString();
            await ExecuteAsync(Create, null, cancellationToken);
            while (await ExecuteAsync(Take, null, cancellationToken) == 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellationToken);
            }

            return new Lock(this);
        }
        catch
        {
            await ReleaseAsync();
            throw;
        }
    }

    private async ValueTask ReleaseAsync()
    {
        try
        {
            const string Sql = "UPDATE tokens SET owner = NULL WHERE portal = @portal AND owner = @owner";
            await ExecuteAsync(Sql, null, CancellationToken.None);
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<int> ExecuteAsync(string sql, Bitrix24Token? token, CancellationToken cancellationToken)
    {
        string? caller = owner;   // before the first await: a save that hangs must not take the owner of a later lock
        await using DbConnection connection = connect();
        await connection.OpenAsync(cancellationToken);
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        Set(command, "@portal", portal);
        Set(command, "@owner", caller);
        Set(command, "@lease", LeaseSeconds);
        Set(command, "@access", token?.AccessToken);
        Set(command, "@refresh", token?.RefreshToken);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static void Set(DbCommand command, string name, object? value)
    {
        DbParameter parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value ?? DBNull.Value;
        command.Parameters.Add(parameter);
    }

    private sealed class Lock(SqlTokenStore store) : IAsyncDisposable
    {
        private int isReleased;

        public async ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref isReleased, 1) == 0)
            {
                await store.ReleaseAsync();
            }
        }
    }
}
