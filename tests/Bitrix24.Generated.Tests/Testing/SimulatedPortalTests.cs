using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Bitrix24.Testing;
using Microsoft.Extensions.Time.Testing;
using VerifyXunit;

namespace Bitrix24.Tests;

public sealed class SimulatedPortalTests
{
    [Theory]
    [InlineData("2.0")]
    [InlineData("1.1")]
    public async Task Portal_with_a_certificate_serves_https_over_HTTP_2_and_HTTP_1_1(string version)
    {
        using var portal = SimulatedPortal.Start(new SimulatedPortalOptions { Certificate = Http2Server.Certificate });
        using var handler = new SocketsHttpHandler();
        Http2Server.Trust(handler);
        using var http = new HttpClient(handler)
        {
            DefaultRequestVersion = Version.Parse(version),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using var response = await http.PostAsync(new Uri(portal.WebhookUrl + "crm.calllist.statuslist"), content: null);

        Assert.Equal(
            ("https", Version.Parse(version), System.Net.HttpStatusCode.OK),
            (portal.Url.Scheme, response.Version, response.StatusCode)
        );
    }

    [Fact]
    public async Task Add_checks_in_the_order_of_a_real_portal()
    {
        using var portal = NewPortal();
        var table = new StringBuilder();

        foreach (
            var body in new[]
            {
                "{}",
                "",
                "not json",
                "[1]",
                """{"ENTITY_TYPE":null,"ENTITIES":"x"}""",
                """{"ENTITY_TYPE":"LEAD"}""",
                """{"ENTITY_TYPE":"LEAD","ENTITIES":"x"}""",
                """{"ENTITY_TYPE":"LEAD","ENTITIES":[]}""",
                """{"ENTITY_TYPE":"contact","ENTITIES":[]}""",
                """{"ENTITY_TYPE":"CONTACT","ENTITIES":[],"WEBFORM_ID":99}""",
                """{"ENTITY_TYPE":"CONTACT","ENTITIES":[9,9],"WEBFORM_ID":99}""",
                """{"ENTITY_TYPE":"CONTACT","ENTITIES":[9,404],"WEBFORM_ID":99}""",
                """{"ENTITY_TYPE":"CONTACT","ENTITIES":[9,"x"]}""",
                """{"ENTITY_TYPE":"COMPANY","ENTITIES":[9]}""",
                """{"ENTITY_TYPE":"CONTACT","ENTITIES":[30],"WEBFORM_ID":99}""",
                """{"ENTITY_TYPE":"CONTACT","ENTITIES":[9],"WEBFORM_ID":99}""",
                """{"ENTITY_TYPE":"CONTACT","ENTITIES":[9],"WEBFORM_ID":0}""",
            }
        )
        {
            table.Append(body).Append("\n  ").Append(await Post(portal, portal.WebhookUrl + "crm.calllist.add", body)).Append('\n');
        }

        Assert.Empty(portal.CallLists);
        foreach (
            var body in new[]
            {
                """{"ENTITY_TYPE":"CONTACT","ENTITIES":[9,17,30],"WEBFORM_ID":1}""",
                """{"ENTITY_TYPE":"COMPANY","ENTITIES":["5"],"WEBFORM_ID":null}""",
                """{"ENTITY_TYPE":"CONTACT","ENTITIES":{"a":9,"b":17}}""",
            }
        )
        {
            table.Append(body).Append("\n  ").Append(await Post(portal, portal.WebhookUrl + "crm.calllist.add.json", body)).Append('\n');
        }

        foreach (var list in portal.CallLists)
        {
            table.Append(
                FormattableString.Invariant($"{list.Id} {list.EntityType} [{string.Join(", ", list.Entities)}] {list.WebformId}\n")
            );
        }

        await Verifier.Verify(table.ToString(), "txt");
    }

    [Fact]
    public async Task Other_call_list_methods_check_their_parameters()
    {
        using var portal = NewPortal();
        await TestClient.On(portal.WebhookUrl).AddCallListAsync(TestClient.Request);
        portal.Companies.DenyRead(7);
        var table = new StringBuilder();

        foreach (
            var (method, body) in new[]
            {
                ("get", "{}"),
                ("get", """{"ID":2}"""),
                ("get", """{"ID":"x"}"""),
                ("list", """{"SELECT":["TITLE"]}"""),
                ("list", """{"FILTER":{">TITLE":1}}"""),
                ("list", """{"ORDER":{"TITLE":"ASC"}}"""),
                ("items.get", "{}"),
                ("items.get", """{"LIST_ID":0}"""),
                ("items.get", """{"LIST_ID":2}"""),
                ("items.get", """{"LIST_ID":1,"FILTER":{"STATUS":"NONE"}}"""),
                ("items.get", """{"LIST_ID":1,"FILTER":{"STATUS":"SUCCESS"}}"""),
                ("items.get", """{"LIST_ID":1,"FILTER":"x","start":50}"""),
                ("update", "{}"),
                ("update", """{"LIST_ID":1}"""),
                ("update", """{"LIST_ID":1,"ENTITY_TYPE":"LEAD"}"""),
                ("update", """{"LIST_ID":1,"ENTITY_TYPE":"LEAD","ENTITIES":"x"}"""),
                ("update", """{"LIST_ID":1,"ENTITY_TYPE":"LEAD","ENTITIES":[9]}"""),
                ("update", """{"LIST_ID":1,"ENTITY_TYPE":"COMPANY","ENTITIES":[5]}"""),
                ("update", """{"LIST_ID":1,"ENTITY_TYPE":"CONTACT","ENTITIES":[]}"""),
                ("update", """{"LIST_ID":1,"ENTITY_TYPE":"CONTACT","ENTITIES":[9,9]}"""),
                ("update", """{"LIST_ID":2,"ENTITY_TYPE":"CONTACT","ENTITIES":[9]}"""),
                ("update", """{"LIST_ID":1,"ENTITY_TYPE":"CONTACT","ENTITIES":[9],"WEBFORM_ID":99}"""),
            }
        )
        {
            table
                .Append(method)
                .Append(' ')
                .Append(body)
                .Append("\n  ")
                .Append(await Post(portal, portal.WebhookUrl + "crm.calllist." + method, body))
                .Append('\n');
        }

        await Verifier.Verify(table.ToString(), "txt");
    }

    [Fact]
    public async Task Authorization()
    {
        using var portal = NewPortal();
        const string Body = """{"ENTITY_TYPE":"CONTACT","ENTITIES":[9]}""";
        const string WithToken = """{"ENTITY_TYPE":"CONTACT","ENTITIES":[9],"auth":"token"}""";
        var table = new StringBuilder();

        foreach (
            var (path, body) in new[]
            {
                ("rest/7/code/crm.calllist.add", Body),
                ("rest/8/code/crm.calllist.add", Body),
                ("rest/7/other/crm.calllist.add", Body),
                ("rest/crm.calllist.add", WithToken),
                ("rest/crm.calllist.add", Body),
                ("rest/crm.calllist.add", WithToken.Replace("token", "other", StringComparison.Ordinal)),
                ("rest/7/code/crm.calllist.destroy", Body),
                ("crm.calllist.add", Body),
                ("", Body),
            }
        )
        {
            table
                .Append('/')
                .Append(path)
                .Append(' ')
                .Append(body)
                .Append("\n  ")
                .Append(await Post(portal, portal.Url + path, body))
                .Append('\n');
        }

        portal.ExpireAccessToken();
        table.Append("expired\n  ").Append(await Post(portal, portal.Url + "rest/crm.calllist.add", WithToken)).Append('\n');

        Assert.Equal(2, portal.CallLists.Count);
        await Verifier.Verify(table.ToString(), "txt");
    }

    [Fact]
    public async Task Every_error_of_the_portal_is_an_example_of_the_spec()
    {
        using var portal = NewPortal();
        var spec = await ProjectSpec.LoadAsync();
        var known = spec
            .ErrorExamples.Select(example => $"HTTP {example.Status} {example.Error.ToJsonString()}")
            .ToHashSet(StringComparer.Ordinal);

        foreach (
            var (path, body) in new[]
            {
                ("rest/7/code/crm.calllist.add", "{}"),
                ("rest/7/code/crm.calllist.add", """{"ENTITY_TYPE":"LEAD"}"""),
                ("rest/7/code/crm.calllist.add", """{"ENTITY_TYPE":"LEAD","ENTITIES":1}"""),
                ("rest/7/code/crm.calllist.add", """{"ENTITY_TYPE":"LEAD","ENTITIES":[1]}"""),
                ("rest/7/code/crm.calllist.add", """{"ENTITY_TYPE":"CONTACT","ENTITIES":[]}"""),
                ("rest/7/code/crm.calllist.add", """{"ENTITY_TYPE":"CONTACT","ENTITIES":[404]}"""),
                ("rest/7/code/crm.calllist.add", """{"ENTITY_TYPE":"CONTACT","ENTITIES":[30]}"""),
                ("rest/7/code/crm.calllist.add", """{"ENTITY_TYPE":"CONTACT","ENTITIES":[9],"WEBFORM_ID":99}"""),
                ("rest/7/wrong/crm.calllist.add", "{}"),
                ("rest/7/code/none", "{}"),
            }
        )
        {
            var answer = await Post(portal, portal.Url + path, body);
            Assert.Contains(
                JsonNode.Parse(answer.Substring(answer.IndexOf('{', StringComparison.Ordinal)))!.ToJsonString() is var error
                    ? answer.Substring(0, answer.IndexOf('{', StringComparison.Ordinal)) + error
                    : answer,
                known
            );
        }
    }

    [Fact]
    public async Task Time_block_adds_up_execution_time_over_ten_minutes()
    {
        var time = new TickingTimeProvider();
        using var portal = SimulatedPortal.Start(new SimulatedPortalOptions { TimeProvider = time, UtcOffset = TimeSpan.FromHours(3) });
        portal.Contacts.Add(9);
        var bitrix24 = TestClient.On(portal.WebhookUrl);
        var request = new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = [9] };

        var first = (await bitrix24.AddCallListAsync(request)).Time!;
        var second = (await bitrix24.AddCallListAsync(request)).Time!;
        time.Advance(TimeSpan.FromMinutes(11));
        var third = (await bitrix24.AddCallListAsync(request)).Time!;

        Assert.Equal(TimeSpan.FromHours(3), first.StartedAt!.Value.Offset);
        Assert.Equal(first.FinishedAt - first.StartedAt, first.Duration);
        Assert.Equal(first.Processing, first.Operating);
        Assert.Equal(first.Processing + second.Processing, second.Operating);
        Assert.Equal(first.OperatingResetAt, second.OperatingResetAt);
        Assert.Equal(third.Processing, third.Operating);
        Assert.True(third.OperatingResetAt > first.OperatingResetAt);
    }

    [Fact]
    public async Task FailNext_with_a_response_sends_it_once_without_executing_the_call()
    {
        using var portal = NewPortal();
        portal.FailNext(SimulatedFault.Answer(HttpStatusCode.BadGateway, "<html></html>", "text/html"));
        var bitrix24 = TestClient.On(portal.WebhookUrl);

        await Assert.ThrowsAsync<Bitrix24TransportException>(() => bitrix24.AddCallListAsync(TestClient.Request));
        Assert.Empty(portal.CallLists);
        await bitrix24.AddCallListAsync(TestClient.Request);

        Assert.Single(portal.CallLists);
        Assert.Equal(["crm.calllist.add", "crm.calllist.add"], portal.Requests.Select(request => request.Method));
    }

    [Fact]
    public void Entities_can_be_enumerated_and_become_readable_or_unreadable()
    {
        using var portal = SimulatedPortal.Start();

        portal.Companies.Add(3, 1);
        portal.Companies.AddUnreadable(2, 1);
        portal.Companies.Add(2);

        Assert.Equal([1, 2, 3], portal.Companies);
        Assert.Equal(3, portal.Companies.Count);
        Assert.Throws<ArgumentException>(() => portal.Companies.Add(0));
    }

    private static SimulatedPortal NewPortal()
    {
        var portal = SimulatedPortal.Start(
            new SimulatedPortalOptions
            {
                UserId = 7,
                WebhookCode = "code",
                AccessToken = "token",
            }
        );
        portal.Contacts.Add(9, 17, 19);
        portal.Contacts.AddUnreadable(30);
        portal.Companies.Add(5);
        portal.Webforms.Add(1);
        return portal;
    }

    private static async Task<string> Post(SimulatedPortal portal, string url, string body)
    {
        using var http = new HttpClient { BaseAddress = portal.Url };
        using var content = new StringContent(body, MediaTypeHeaderValue.Parse("application/json"));
        using var response = await http.PostAsync(new Uri(url), content);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();
        answer.Remove("time");
        return FormattableString.Invariant($"HTTP {(int)response.StatusCode} {answer.ToJsonString()}");
    }

    /// <summary>Represents a clock that advances by a millisecond on every read.</summary>
    private sealed class TickingTimeProvider : FakeTimeProvider
    {
        public TickingTimeProvider() => AutoAdvanceAmount = TimeSpan.FromMilliseconds(1);
    }
}
