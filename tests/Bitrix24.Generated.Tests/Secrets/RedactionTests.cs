using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Newtonsoft.Json;
using static System.FormattableString;

namespace Bitrix24.Tests;

/// <summary>Tests errors of a portal that echoes a secret of the call in every recognized encoding.</summary>
public sealed class RedactionTests
{
    private const string Secret = """Pl4nt3d/S3cr+3t'&<\"é?>~""";

    public static TheoryData<string, string> Spellings => new()
    {
        { "as it is", Secret },
        { "upper case", Secret.ToUpperInvariant() },
        { "lower case", Secret.ToLowerInvariant() },
        { "percent-encoded", Uri.EscapeDataString(Secret) },
        { "percent-encoded in lower case", Uri.EscapeDataString(Secret).ToLowerInvariant() },
        { "a form", WebUtility.UrlEncode(Secret) },
        { "percent-encoded throughout", Percent(Secret, "X2") },
        { "percent-encoded throughout in lower case", Percent(Secret, "x2") },
        { "percent-encoded twice", Uri.EscapeDataString(Uri.EscapeDataString(Secret)) },
        { "percent-encoded three times", Uri.EscapeDataString(Uri.EscapeDataString(Uri.EscapeDataString(Secret))) },
        { "percent-encoded throughout and then again", Uri.EscapeDataString(Percent(Secret, "x2")) },
        { "HTML", WebUtility.HtmlEncode(Secret) },
        { "HTML escaped twice", WebUtility.HtmlEncode(WebUtility.HtmlEncode(Secret)) },
        { "HTML of PHP", Php(Secret) },
        { "HTML in decimal numbers", EachCharacter(character => Invariant($"&#{(int)character};")) },
        { "HTML in hexadecimal numbers", EachCharacter(character => Invariant($"&#x{(int)character:x};")) },
        { "PHP", Slashes(Secret) },
        { "PHP escaped twice", Slashes(Slashes(Secret)) },
        { "JSON", Within(JsonConvert.ToString(Secret)) },
        { "JSON of PHP", Within(JsonConvert.ToString(Secret)).Replace("/", "\\/", StringComparison.Ordinal) },
        { "JSON of .NET", Within(System.Text.Json.JsonSerializer.Serialize(Secret)) },
        { "JSON in JSON", Within(JsonConvert.ToString(Within(System.Text.Json.JsonSerializer.Serialize(Secret)))) },
        { "JSON in numbers", EachCharacter(character => Invariant($"\\u{(int)character:x4}")) },
        { "JavaScript in numbers", EachCharacter(character => Invariant($"\\x{(int)character:x2}")) },
        { "base64", Base64(Secret) },
        { "base64 for URLs", Base64(Secret).Replace('+', '-').Replace('/', '_').TrimEnd('=') },
        { "base64 in JSON of PHP", Base64(Secret).Replace("/", "\\/", StringComparison.Ordinal) },
        { "base64 in a URL", Uri.EscapeDataString(Base64(Secret).TrimEnd('=')) },
        { "hexadecimal", Convert.ToHexString(Encoding.UTF8.GetBytes(Secret)) },
        { "hexadecimal in lower case", Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Secret)) },
    };

    [Theory]
    [MemberData(nameof(Spellings))]
    public async Task Echo_of_a_secret_is_removed(string spelling, string echo) =>
        Assert.Equal((spelling, "Before *** after."), (spelling, await ShownAsync(Secret, $"Before {echo} after.")));

    /// <summary>A part of a longer text, such as <c>user:password</c> in a header.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    [InlineData(3, 2)]
    [InlineData(4, 1)]
    [InlineData(5, 4)]
    public async Task Echo_within_base64_is_removed(int before, int after)
    {
        foreach (var alphabet in new[] { "+/", "-_" })
        {
            var echo = Base64(new string('?', before) + Secret + new string('~', after));

            var shown = await ShownAsync(Secret, $"Before:{echo.Replace('+', alphabet[0]).Replace('/', alphabet[1])}:after.");

            var rest = shown["Before:".Length..^":after.".Length].TrimEnd('=').Split("***");
            Assert.Equal((2, before * 8 / 6), (rest.Length, rest[0].Length));
            Assert.InRange(rest[1].Length, 0, (after * 8 / 6) + 1);
        }
    }

    [Fact]
    public async Task Secret_with_surrogate_pairs_is_removed()
    {
        const string Token = "t0ken-\U0001F511-t0ken";

        var json = Within(System.Text.Json.JsonSerializer.Serialize(Token));

        foreach (var echo in new[] { Token, Uri.EscapeDataString(Token), json, WebUtility.HtmlEncode(Token) })
        {
            Assert.Equal("Before *** after.", await ShownAsync(Token, $"Before {echo} after."));
        }
    }

    [Fact]
    public async Task Secret_that_begins_with_another_is_removed_to_its_end()
    {
        const string Token = "Pl4nt3dS3cr3t";
        var credentials = Bitrix24Credentials.OAuth(new Bitrix24OAuthOptions
        {
            PortalUrl = "https://portal.example/",
            ClientId = "app.simulated",
            ClientSecret = "unused-secret",
            TokenStore = new InMemoryBitrix24TokenStore(new Bitrix24Token { AccessToken = Token, RefreshToken = Token + "Refresh" }),
        });

        Assert.Equal("Before *** after.", await ShownAsync(credentials, $"Before {Token}Refresh after."));
    }

    [Theory]
    [InlineData("The application cannot be accessed.", "The application cannot be accessed.")]
    [InlineData("No webhook c at https://portal.example/rest/1/c/.", "No webhook *** at https://portal.example/rest/1/***/.")]
    [InlineData("No webhook C at /rest/1/%63/.", "No webhook *** at /rest/1/***/.")]
    [InlineData("%2Frest%2F1%2Fc%2F", "%2Frest%2F1%2F***%2F")]
    [InlineData("\\/rest\\/1\\/c\\/", "\\/rest\\/1\\/***\\/")]
    [InlineData("\\u002Fc\\u002F", "\\u002F***\\u002F")]
    [InlineData("c-level c_ 1c c1", "c-level c_ 1c c1")]
    public async Task Short_secret_is_removed_as_a_whole_segment_only(string text, string shown) =>
        Assert.Equal(shown, await ShownAsync(Bitrix24Credentials.Webhook("https://portal.example/rest/1/c/"), text));

    [Theory]
    [InlineData("Proxy 'http://svc:S3cret%21@127.0.0.1:3128/' failed.", "Proxy 'http://***@127.0.0.1:3128/' failed.")]
    [InlineData("HTTPS://token@host/path", "HTTPS://***@host/path")]
    [InlineData("socks5://svc:p@ss@host:1080", "socks5://***@host:1080")]
    [InlineData("http://it's:\"quoted\"@host", "http://***@host")]
    [InlineData("http://svc:p/a#s?s@host:3128/", "http://***@host:3128/")]
    [InlineData("http://svc:1/a@host:3128/ or ftp://a:b@c", "http://svc:1/a@host:3128/ or ftp://***@c")]
    [InlineData("{\"url\":\"http:\\/\\/svc:pass@host\\/\"}", "{\"url\":\"http:\\/\\/***@host\\/\"}")]
    [InlineData("?url=http%3A%2F%2Fsvc%3Apass%40host%3A3128%2F", "?url=http%3A%2F%2F***@host%3A3128%2F")]
    [InlineData("?url=http%253a%252f%252fsvc%253apass%2540host", "?url=http%253a%252f%252f***@host")]
    [InlineData("//svc:pass@host/", "//***@host/")]
    [InlineData("https://acme.example:8080/rest?mail=a@b.example", "https://acme.example:8080/rest?mail=a@b.example")]
    [InlineData("https://acme.example/@me and a@b.example", "https://acme.example/@me and a@b.example")]
    public async Task User_info_of_any_URI_is_removed(string text, string shown)
    {
        Assert.Equal(shown, await ShownAsync(Secret, text));
        using var client = new TestClient(StubHandler.Throwing(new HttpRequestException(text)));

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() => client.Bitrix24.AddCallListAsync(TestClient.Request));

        Assert.Contains(shown.TrimEnd('.'), exception.Message, StringComparison.Ordinal);
        Assert.Equal(text == shown, exception.InnerException is not null);
    }

    /// <summary>Host names are logged, traced and sent to name servers.</summary>
    [Theory]
    [InlineData("pl4nt3ds3cr3t.elsewhere.example")]
    [InlineData("x506c346e7433645333637233741.elsewhere.example")]
    public async Task Redirect_to_a_host_that_contains_a_secret_is_not_followed(string host)
    {
        const string Code = "Pl4nt3dS3cr3t";
        var hosts = new List<string>();
        using var handler = new StubHandler((request, _) =>
        {
            hosts.Add(request.RequestUri!.Host);
            var location = new UriBuilder(request.RequestUri) { Host = host }.Uri;
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.Found) { Headers = { Location = location } });
        });
        var credentials = Bitrix24Credentials.Webhook($"https://portal.example/rest/1/{Code}/");
        using var client = new TestClient(handler, options => options.Credentials = credentials);

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() => client.Bitrix24.AddCallListAsync(TestClient.Request));

        Assert.Equal(["portal.example"], hosts);
        Assert.Equal(CallExecution.NotExecuted, exception.Execution);
        Assert.Contains("to a host whose name contains a secret", exception.Message, StringComparison.Ordinal);
    }

    private static Task<string> ShownAsync(string secret, string text) =>
        ShownAsync(Bitrix24Credentials.AccessToken("https://portal.example/", secret), text);

    private static async Task<string> ShownAsync(Bitrix24Credentials credentials, string text)
    {
        var body = $$"""{"error":"ERROR_ARGUMENT","error_description":{{JsonConvert.ToString(text)}}}""";
        using var handler = StubHandler.Answering(HttpStatusCode.BadRequest, body);
        using var client = new TestClient(handler, options => options.Credentials = credentials);
        var call = client.Bitrix24.AddCallListAsync(TestClient.Request);
        return (await Assert.ThrowsAsync<Bitrix24InvalidRequestException>(() => call)).ErrorDescription!;
    }

    private static string EachCharacter(Func<char, string> spell) => string.Concat(Secret.Select(spell));

    private static string Percent(string text, string format) =>
        string.Concat(Encoding.UTF8.GetBytes(text).Select(value => "%" + value.ToString(format, CultureInfo.InvariantCulture)));

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Within(string quoted) => quoted[1..^1];

    /// <summary>Escapes a text like <c>addslashes</c> of PHP.</summary>
    private static string Slashes(string text) => Regex.Replace(text, @"['""\\]", @"\$0", RegexOptions.None, TimeSpan.FromSeconds(5));

    /// <summary>Escapes a text like <c>htmlspecialchars</c> of PHP.</summary>
    private static string Php(string text) => string.Concat(text.Select(character => character switch
    {
        '&' => "&amp;",
        '\'' => "&#039;",
        '"' => "&quot;",
        '<' => "&lt;",
        '>' => "&gt;",
        _ => character.ToString(),
    }));
}
