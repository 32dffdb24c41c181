using System.Net;
using Bitrix24.Testing;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Tests;

public sealed class CommonFamilyTests : IDisposable
{
    private readonly SimulatedPortal portal = SimulatedPortal.Start();
    private readonly Bitrix24Client bitrix24;

    public CommonFamilyTests() => bitrix24 = TestClient.On(portal.WebhookUrl);

    public void Dispose() => portal.Dispose();

    [Fact]
    public async Task Simulated_portal_describes_the_caller_and_itself()
    {
        var profile = (await bitrix24.GetProfileAsync()).Result!;
        Assert.Equal((1, true, "Simulated"), (profile.Id, profile.Admin, profile.Name));
        Assert.Equal(1, (await bitrix24.GetCurrentUserAsync()).Result.Id);

        var application = (await bitrix24.GetApplicationInfoAsync()).Result;
        Assert.Equal((ApplicationStatus.Local, true, false), (application.Status, application.Installed, application.PaymentExpired));
        Assert.Null(application.Days);

        var time = await bitrix24.GetServerTimeAsync();
        Assert.Equal(time.Time!.DateStart!.Value, time.Result, TimeSpan.FromMinutes(1));
        Assert.Contains("crm", (await bitrix24.GetScopesAsync(new())).Result);
        Assert.Equal("{}", portal.Requests[^1].Body);
    }

    [Fact]
    public async Task ListMethodsAsync_returns_the_methods_of_a_scope()
    {
        Assert.Contains("crm.calllist.add", (await bitrix24.ListMethodsAsync(new())).Result);
        Assert.Equal(["user.current"], (await bitrix24.ListMethodsAsync(new() { Scope = "user" })).Result);
        Assert.DoesNotContain("user.current", (await bitrix24.ListMethodsAsync(new() { Scope = "" })).Result);
        Assert.Empty((await bitrix24.ListMethodsAsync(new() { Scope = "none" })).Result);
    }

    [Fact]
    public void Full_is_a_number_in_a_batch_because_a_portal_takes_the_word_false_for_true()
    {
        Assert.Equal("scope?full=0", BatchCommand.GetScopes(new() { Full = false }));
        Assert.Equal("methods?full=1", BatchCommand.ListMethods(new() { Full = true }));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("false")]
    public async Task GetProfileAsync_inactive_user_returns_null(string result)
    {
        using var client = Answering(result);

        Assert.Null((await client.Bitrix24.GetProfileAsync()).Result);
    }

    [Fact]
    public async Task GetProfileAsync_response_without_a_result_throws()
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, """{"time":{}}"""));

        await Assert.ThrowsAsync<Bitrix24TransportException>(() => client.Bitrix24.GetProfileAsync());
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("1")]
    public async Task Required_result_that_is_not_an_object_throws(string result)
    {
        using var client = Answering(result);

        await Assert.ThrowsAsync<Bitrix24TransportException>(() => client.Bitrix24.GetCurrentUserAsync());
        await Assert.ThrowsAsync<Bitrix24TransportException>(() => client.Bitrix24.GetApplicationInfoAsync());
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("\"Y\"", true)]
    [InlineData("1", true)]
    [InlineData("\"1\"", true)]
    [InlineData("false", false)]
    [InlineData("\"N\"", false)]
    [InlineData("0", false)]
    [InlineData("\"0\"", false)]
    [InlineData("\"\"", null)]
    [InlineData("\"yes\"", null)]
    [InlineData("2", null)]
    [InlineData("[1]", null)]
    [InlineData("null", null)]
    public async Task Flag_is_read_in_every_form_that_portals_send(string sent, bool? expected)
    {
        var user = $$"""{"ACTIVE":{{sent}},"NAME":"John"}""";
        using var client = Answering(user);

        var read = (await client.Bitrix24.GetCurrentUserAsync()).Result;

        Assert.Equal((expected, "John"), (read.Active, read.Name));
        Assert.Equal(expected, JsonConvert.DeserializeObject<CurrentUser>(user)!.Active);
    }

    [Fact]
    public async Task GetCurrentUserAsync_keeps_members_that_the_spec_does_not_describe()
    {
        const string User =
            """{"ID":3,"UF_DEPARTMENT":[1],"LAST_LOGIN":"2024-07-23T08:07:26+00:00","UF_DATE":"2024-07-22T00:00:00+00:00","UF_X":{"a":[null]},"NEW":null}""";
        using var client = Answering(User);

        var user = (await client.Bitrix24.GetCurrentUserAsync()).Result;

        Assert.Equal(["UF_DEPARTMENT", "UF_DATE", "UF_X", "NEW"], user.AdditionalProperties.Keys);
        Assert.Equal(1, (int)user.AdditionalProperties["UF_DEPARTMENT"][0]!);
        Assert.Equal(JTokenType.String, user.AdditionalProperties["UF_DATE"].Type);
        var settings = new JsonSerializerSettings { DateParseHandling = DateParseHandling.None };
        var written = JsonConvert.DeserializeObject<JObject>(JsonConvert.SerializeObject(user), settings)!;
        Assert.True(JToken.DeepEquals(JsonConvert.DeserializeObject<JObject>(User, settings), written), written.ToString());
        Assert.Equal(
            user.AdditionalProperties,
            JsonConvert.DeserializeObject<CurrentUser>(User, settings)!.AdditionalProperties,
            (expected, actual) => JToken.DeepEquals(expected.Value, actual.Value) && expected.Key == actual.Key
        );
    }

    [Theory]
    [InlineData("""{"ID":3,"id":4}""")]
    [InlineData("""{"UF_A":1,"UF_A":2}""")]
    [InlineData("""{"UF_A":{"a":1,"a":2}}""")]
    public async Task GetCurrentUserAsync_ambiguous_members_throw(string user)
    {
        using var client = Answering(user);

        await Assert.ThrowsAsync<Bitrix24TransportException>(() => client.Bitrix24.GetCurrentUserAsync());
    }

    [Theory]
    [InlineData("\"2024-08-05T09:02:13+02:00\"", true)]
    [InlineData("\"2024-08-05T09:02:13\"", false)]
    [InlineData("\"\"", false)]
    [InlineData("5", false)]
    [InlineData("null", false)]
    public async Task GetServerTimeAsync_needs_an_offset(string result, bool isRead)
    {
        using var client = Answering(result);

        var exception = await Record.ExceptionAsync(async () =>
            Assert.Equal(new DateTimeOffset(2024, 8, 5, 9, 2, 13, TimeSpan.FromHours(2)), (await client.Bitrix24.GetServerTimeAsync()).Result)
        );

        Assert.Equal(isRead ? null : typeof(Bitrix24TransportException), exception?.GetType());
    }

    private static TestClient Answering(string result) =>
        new(StubHandler.Answering(HttpStatusCode.OK, $$"""{"result":{{result}}}"""));
}
