using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bitrix24.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Bitrix24.Tests;

/// <summary>Runs the code of docs/migration.md and sends its HTTP requests. All of them create the same call list.</summary>
public sealed partial class MigrationExamples : IDisposable
{
    private readonly SimulatedPortal portal = SimulatedPortal.Start();

    public MigrationExamples()
    {
        portal.Contacts.Add(9, 17, 19);
        portal.Webforms.Add(1);
    }

    public void Dispose() => portal.Dispose();

    [Fact]
    public async Task Every_request_of_the_page_creates_the_list()
    {
        var page = await File.ReadAllTextAsync(Repository.PathOf("docs/migration.md"));
        var requests = RequestBlock().Matches(page).Select(match => match.Groups["request"].Value.ReplaceLineEndings("\n")).ToList();
        using var http = new HttpClient();

        foreach (var request in requests)
        {
            using var message = Parse(request
                .Replace("/rest/1/{code}/", new Uri(portal.WebhookUrl).AbsolutePath, StringComparison.Ordinal)
                .Replace("{token}", portal.AccessToken, StringComparison.Ordinal));
            using var response = await http.SendAsync(message);
            Assert.True(response.IsSuccessStatusCode, request);
        }

        AssertLists(7);
        Assert.Equal(7, requests.Count);
    }

    [Fact]
    public void PostAsJsonAsync_with_default_options_writes_wrong_names() =>
        Assert.Equal("""{"entitY_TYPE":"CONTACT"}""", JsonSerializer.Serialize(new { ENTITY_TYPE = "CONTACT" }, JsonSerializerOptions.Web));

    [Fact]
    public async Task Webhook()
    {
        var webhookUrl = portal.WebhookUrl;

        var request = new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = [9, 17, 19], WebformId = 1 };
        var bitrix24 = Bitrix24Client.Create(webhookUrl);   // the URL without the method
        AddCallListResponse response = await bitrix24.AddCallListAsync(request);

        AssertCreated(response.Result);
    }

    [Fact]
    public async Task Access_token()
    {
        var (portalUrl, accessToken, request) = (portal.Url.ToString(), portal.AccessToken, TestClient.Request);

        var bitrix24 = Bitrix24Client.Create(new Bitrix24ClientOptions
        {
            Credentials = Bitrix24Credentials.AccessToken(portalUrl, accessToken),
        });
        AddCallListResponse response = await bitrix24.AddCallListAsync(request);

        AssertCreated(response.Result);
        portal.ExpireAccessToken();
        var exception = await Assert.ThrowsAsync<Bitrix24AuthenticationException>(() => bitrix24.AddCallListAsync(request));
        Assert.Equal(Bitrix24ErrorCode.ExpiredToken, exception.ErrorCode);
    }

    [Fact]
    public async Task Page_in_a_frame()
    {
        using var provider = new ServiceCollection().AddBitrix24ClientFactory().Services.BuildServiceProvider();
        var factory = provider.GetRequiredService<IBitrix24ClientFactory>();
        var (portalUrl, request) = (portal.Url.ToString(), TestClient.Request);
        var form = new Dictionary<string, string> { ["AUTH_ID"] = portal.AccessToken };

        IBitrix24Client bitrix24 = factory.Create(Bitrix24Credentials.AccessToken(portalUrl, form["AUTH_ID"]));
        AddCallListResponse response = await bitrix24.AddCallListAsync(request);

        AssertCreated(response.Result);
    }

    [Fact]
    public async Task Application_with_a_store()
    {
        var (portalUrl, clientId, clientSecret, request) = (portal.Url.ToString(), portal.ClientId, portal.ClientSecret, TestClient.Request);
        var tokenStore = new InMemoryBitrix24TokenStore(TestCredentials.TokenOf(portal));

        var bitrix24 = Bitrix24Client.Create(new Bitrix24ClientOptions
        {
            Credentials = Bitrix24Credentials.OAuth(new Bitrix24OAuthOptions
            {
                PortalUrl = portalUrl,
                ClientId = clientId,
                ClientSecret = clientSecret,
                TokenStore = tokenStore,
            }),
        });
        AddCallListResponse response = await bitrix24.AddCallListAsync(request);

        AssertCreated(response.Result);
    }

    [Fact]
    public async Task Result_or_error()
    {
        var (bitrix24, request) = (TestClient.On(portal.WebhookUrl), TestClient.Request);

        try
        {
            AddCallListResponse response = await bitrix24.AddCallListAsync(request);
            Console.WriteLine(response.Result);                  // data()
            Console.WriteLine(response.Time?.DurationSeconds);   // time()
        }
        catch (Bitrix24Exception exception)
        {
            Console.WriteLine(exception.RawErrorCode);           // error().ex.error
        }

        AssertLists(1);
    }

    [Fact]
    public async Task Tokens_of_another_program()
    {
        using var folder = new TemporaryFolder();
        var (tokenFile, request, cancellationToken) = (Path.Combine(folder.Path, "tokens.json"), TestClient.Request, CancellationToken.None);
        var settings = new Dictionary<string, string> { ["access_token"] = portal.AccessToken, ["refresh_token"] = portal.RefreshToken };
        var application = TestCredentials.Options(portal, new InMemoryBitrix24TokenStore());
        portal.ExpireAccessToken();

        var store = new FileBitrix24TokenStore(tokenFile);
        var token = new Bitrix24Token { AccessToken = settings["access_token"], RefreshToken = settings["refresh_token"] };
        await store.SaveAsync(token, cancellationToken);
        application.TokenStore = store;

        var bitrix24 = Bitrix24Client.Create(new Bitrix24ClientOptions { Credentials = Bitrix24Credentials.OAuth(application) });
        AddCallListResponse response = await bitrix24.AddCallListAsync(request);

        AssertCreated(response.Result);
        Assert.NotEqual(settings["refresh_token"], (await store.LoadAsync(cancellationToken))!.RefreshToken);
    }

    [Fact]
    public async Task HttpClient_and_System_Text_Json()
    {
        using var http = new HttpClient();
        var webhookUrl = portal.WebhookUrl;

        var parameters = new { ENTITY_TYPE = "CONTACT", ENTITIES = new[] { 9, 17, 19 }, WEBFORM_ID = 1 };
        var url = new Uri(new Uri(webhookUrl), "crm.calllist.add");

        // The default options of PostAsJsonAsync would write entitY_TYPE.
        using HttpResponseMessage message = await http.PostAsJsonAsync(url, parameters, JsonSerializerOptions.Default);
        using JsonDocument body = JsonDocument.Parse(await message.Content.ReadAsStringAsync());
        if (body.RootElement.TryGetProperty("error", out JsonElement error))
        {
            throw new InvalidOperationException(error.ToString());
        }

        long id = body.RootElement.GetProperty("result").GetInt64();

        AssertCreated(id);
    }

    [Fact]
    public async Task This_client()
    {
        var (bitrix24, request) = (TestClient.On(portal.WebhookUrl), TestClient.Request);

        AddCallListResponse response = await bitrix24.AddCallListAsync(request);
        long id = response.Result;

        AssertCreated(id);
    }

    private void AssertCreated(long id)
    {
        AssertLists(1);
        Assert.Equal(portal.CallLists[0].Id, id);
    }

    private void AssertLists(int lists)
    {
        Assert.Equal(lists, portal.CallLists.Count);
        Assert.All(
            portal.CallLists,
            list => Assert.Equal(("CONTACT", "9 17 19", 1L), (list.EntityType, string.Join(' ', list.Entities), list.WebformId)));
    }

    private HttpRequestMessage Parse(string request)
    {
        var (head, body) = request.Split("\n\n", 2) is [var first, var second]
            ? (first, second.TrimEnd('\n'))
            : (request.TrimEnd('\n'), null);
        var lines = head.Split('\n');
        var line = lines[0].Split(' ', 2);
        var message = new HttpRequestMessage(new HttpMethod(line[0]), new Uri(portal.Url, line[1]));
        if (body is not null)
        {
            var type = lines.Single(header => header.StartsWith("Content-Type: ", StringComparison.Ordinal))["Content-Type: ".Length..];
            message.Content = new StringContent(body, Encoding.UTF8, type);
        }

        return message;
    }

    [GeneratedRegex("```http\r?\n(?<request>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex RequestBlock();
}
