using System.Text;
using VerifyXunit;

namespace Bitrix24.Tests;

public sealed class CredentialsTests
{
    [Fact]
    public async Task Webhook_addresses()
    {
        var table = new StringBuilder();
        foreach (var address in new[]
        {
            "https://acme.bitrix24.com/rest/1/abc123/", "https://acme.bitrix24.com/rest/1/abc123",
            " https://acme.bitrix24.com/rest/1/abc123/ ", "HTTPS://Acme.Bitrix24.com:8443/rest/42/aB_c-1",
            "http://127.0.0.1:8080/rest/1/abc123/", "http://localhost/rest/1/abc123/", "http://[::1]/rest/1/abc123/",
            "http://acme.bitrix24.com/rest/1/abc123/", "acme.bitrix24.com/rest/1/abc123/", "ftp://acme.bitrix24.com/rest/1/abc123/", "",
            "   ", "https://acme.bitrix24.com/", "https://acme.bitrix24.com/rest/1/",
            "https://acme.bitrix24.com/rest/abc123/", "https://acme.bitrix24.com/rest/one/abc123/",
            "https://acme.bitrix24.com/rest/1/abc123/crm.calllist.add", "https://acme.bitrix24.com/rest/1/abc123/profile.json",
            "https://acme.bitrix24.com/rest/1/abc.123/", "https://acme.bitrix24.com/rest/1/abc123/?auth=x",
            "https://acme.bitrix24.com/rest/1/abc123/#x", "https://user:password@acme.bitrix24.com/rest/1/abc123/",
            "https://acme.bitrix24.com/api/1/abc123/", "https://acme.bitrix24.com/rest//abc123/",
        })
        {
            table.Append(address).Append("\n  ").Append(Try(() => Bitrix24Credentials.Webhook(address))).Append('\n');
        }

        await Verifier.Verify(table.ToString(), "txt");
    }

    [Fact]
    public async Task Portal_addresses_of_access_tokens()
    {
        var table = new StringBuilder();
        foreach (var address in new[]
        {
            "https://acme.bitrix24.com/", "https://acme.bitrix24.com", "https://acme.bitrix24.com/rest/", "http://localhost:5000/",
            "http://acme.bitrix24.com/", "acme.bitrix24.com", "", "https://acme.bitrix24.com/rest/1/abc123/",
            "https://acme.bitrix24.com/?auth=token", "https://token@acme.bitrix24.com/",
        })
        {
            table.Append(address).Append("\n  ").Append(Try(() => Bitrix24Credentials.AccessToken(address, "token-of-acme"))).Append('\n');
        }

        await Verifier.Verify(table.ToString(), "txt");
    }

    [Fact]
    public void Missing_arguments_are_named()
    {
        Assert.Throws<ArgumentNullException>("webhookUrl", () => Bitrix24Credentials.Webhook(null!));
        const string PortalUrl = "https://acme.bitrix24.com/";
        Func<CancellationToken, ValueTask<string>> noFunction = null!;
        Assert.Throws<ArgumentNullException>("portalUrl", () => Bitrix24Credentials.AccessToken(null!, "token"));
        Assert.Throws<ArgumentNullException>("accessToken", () => Bitrix24Credentials.AccessToken(PortalUrl, (string)null!));
        Assert.Throws<ArgumentException>("accessToken", () => Bitrix24Credentials.AccessToken(PortalUrl, " "));
        Assert.Throws<ArgumentNullException>("portalUrl", () => Bitrix24Credentials.AccessToken(null!, _ => new("token")));
        Assert.Throws<ArgumentNullException>("accessTokenProvider", () => Bitrix24Credentials.AccessToken(PortalUrl, noFunction));
        Assert.Throws<ArgumentException>("portalUrl", () => Bitrix24Credentials.AccessToken("http://a.bitrix24.com/", _ => new("token")));
        Assert.Throws<ArgumentNullException>("webhookUrl", () => Bitrix24Client.Create((string)null!));
        Assert.Throws<ArgumentNullException>("options", () => Bitrix24Client.Create((Bitrix24ClientOptions)null!));
    }

    private static string Try(Func<Bitrix24Credentials> make)
    {
        try
        {
            return make().ToString();
        }
        catch (ArgumentException exception)
        {
            Assert.DoesNotContain("abc123", exception.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("token-of-acme", exception.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("password", exception.ToString(), StringComparison.Ordinal);
            return exception.Message;
        }
    }
}
