using System.Diagnostics;
using System.Reflection;
using Bitrix24.Testing;
using Microsoft.Extensions.Configuration;

namespace Bitrix24.Tests;

public sealed class OAuthOptionsTests
{
    private const string Secret = "Pl4nt3dS3cr3t";

    [Fact]
    public async Task Bound_options_make_a_client_that_refreshes_its_tokens()
    {
        using var portal = SimulatedPortal.Start(new SimulatedPortalOptions { ClientSecret = Secret });
        portal.Contacts.Add(9, 17, 19);
        portal.Webforms.Add(1);
        var options = new Bitrix24OAuthOptions { TokenStore = new InMemoryBitrix24TokenStore(TestCredentials.TokenOf(portal)) };

        new ConfigurationBuilder().AddInMemoryCollection(Settings(portal)).Build().GetSection("Bitrix24:OAuth").Bind(options);
        portal.ExpireAccessToken();
        await TestClient.On(Bitrix24Credentials.OAuth(options)).AddCallListAsync(TestClient.Request);

        Assert.Equal((1, 1), (portal.TokenRefreshCount, portal.CallLists.Count));
    }

    [Fact]
    public async Task Bind_keeps_a_secret_that_configuration_does_not_have()
    {
        using var portal = SimulatedPortal.Start(new SimulatedPortalOptions { ClientSecret = Secret });
        var options = new Bitrix24OAuthOptions { ClientSecret = Secret, TokenStore = new InMemoryBitrix24TokenStore() };
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(Settings(portal).Where(setting => !setting.Key.EndsWith("ClientSecret", StringComparison.Ordinal)))
            .Build();

        configuration.GetSection("Bitrix24:OAuth").Bind(options);
        configuration.GetSection("Bitrix24:OAuth").Bind(options);

        Assert.NotNull(await Bitrix24OAuthClient.Create(options).ExchangeCodeAsync(portal.AuthorizationCode));
    }

    /// <summary>Why the secret has a getter at all.</summary>
    [Fact]
    public void Bind_sets_only_properties_with_a_public_getter()
    {
        var options = new Accessors();

        new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["SetOnly"] = "a", ["InternalGetter"] = "b", ["NullGetter"] = "c" })
            .Build()
            .Bind(options);

        Assert.Equal([null, null, "c"], options.Values);
    }

    [Fact]
    public void Secret_shows_nowhere()
    {
        var options = new Bitrix24OAuthOptions { PortalUrl = "https://portal.example/", ClientId = "app.1", ClientSecret = Secret };

        var shown = new List<string?>
        {
            options.ToString(),
            Newtonsoft.Json.JsonConvert.SerializeObject(options),
            System.Text.Json.JsonSerializer.Serialize(options),
        };
        shown.AddRange(typeof(Bitrix24OAuthOptions).GetProperties().Select(property => property.GetValue(options)?.ToString()));
        shown.AddRange(VisibleToDebuggers(options));

        Assert.All(shown, text => Assert.DoesNotContain(Secret, text ?? string.Empty, StringComparison.Ordinal));
        Assert.Contains(shown, text => text == "app.1");
        Assert.Null(options.ClientSecret);
    }

    [Fact]
    public void Options_that_are_read_from_JSON_have_the_secret()
    {
        const string Text = $$"""{"ClientId":"app.1","ClientSecret":"{{Secret}}"}""";

        foreach (var options in new[]
        {
            Newtonsoft.Json.JsonConvert.DeserializeObject<Bitrix24OAuthOptions>(Text)!,
            System.Text.Json.JsonSerializer.Deserialize<Bitrix24OAuthOptions>(Text)!,
        })
        {
            options.TokenStore = new InMemoryBitrix24TokenStore();
            Assert.NotNull(Bitrix24OAuthClient.Create(options));
        }
    }

    private static Dictionary<string, string?> Settings(SimulatedPortal portal) => new()
    {
        ["Bitrix24:OAuth:PortalUrl"] = portal.Url.ToString(),
        ["Bitrix24:OAuth:ClientId"] = portal.ClientId,
        ["Bitrix24:OAuth:ClientSecret"] = Secret,
        ["Bitrix24:OAuth:TokenEndpoint"] = portal.TokenEndpoint.ToString(),
    };

    private static IEnumerable<string?> VisibleToDebuggers(object value)
    {
        const BindingFlags Members = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        static bool IsVisible(MemberInfo member) =>
            member.GetCustomAttribute<DebuggerBrowsableAttribute>()?.State != DebuggerBrowsableState.Never;
        return value.GetType().GetProperties(Members).Where(IsVisible).Select(property => property.GetValue(value)?.ToString())
            .Concat(value.GetType().GetFields(Members).Where(IsVisible).Select(field => field.GetValue(value)?.ToString()));
    }

    private sealed class Accessors
    {
        private string? setOnly;
        private string? nullGetter;

        public IEnumerable<string?> Values => [setOnly, InternalGetter, nullGetter];

        public string? SetOnly
        {
            set => setOnly = value;
        }

        public string? InternalGetter { internal get; set; }

        public string? NullGetter
        {
            get => null;
            set => nullGetter = value;
        }
    }
}
