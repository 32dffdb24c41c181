using System.Net.Http.Headers;
using Bitrix24.Testing;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Tests;

/// <summary>Covers how programs of any language may send a request to the simulated portal.</summary>
public sealed class RequestParametersTests : IDisposable
{
    private const string Add = "crm.calllist.add";
    private readonly SimulatedPortal portal = SimulatedPortal.Start(new SimulatedPortalOptions { WebhookCode = "code", AccessToken = "token" });
    private readonly HttpClient http;

    public RequestParametersTests()
    {
        portal.Contacts.Add(9, 17);
        http = new HttpClient { BaseAddress = portal.Url };
    }

    public void Dispose()
    {
        http.Dispose();
        portal.Dispose();
    }

    [Theory]
    [InlineData("rest/1/code/crm.calllist.add")]
    [InlineData("rest/1/code//crm.calllist.add")]
    [InlineData("rest//crm.calllist.add")]
    [InlineData("rest/1/code/crm.calllist.add.JSON")]
    [InlineData("rest/1/code/CRM.CallList.Add.Json")]
    public async Task Path_may_have_two_slashes_a_suffix_and_any_case(string path)
    {
        Assert.Equal(1, (await PostAsync(path, """{"ENTITY_TYPE":"CONTACT","ENTITIES":[9],"auth":"token"}"""))["result"]);
        Assert.Equal([9], Assert.Single(portal.CallLists).Entities);
    }

    [Fact]
    public async Task Names_of_parameters_are_case_insensitive()
    {
        await PostAsync($"rest/1/code/{Add}", """{"entity_type":"CONTACT","Entities":[9]}""");
        await PostAsync($"rest/1/code/{Add}", """{"ENTITY_TYPE":"CONTACT","ENTITIES":[17]}""");

        var page = await PostAsync(
            "rest/1/code/crm.calllist.list", """{"select":["ID"],"Filter":{">ID":0},"order":{"ID":"DESC"},"START":"1"}""");
        var batch = await PostAsync(
            "rest/1/code/batch", """{"HALT":1,"CMD":{"a":"none","b":"crm.calllist.get?id=1"}}""");

        Assert.Equal("""[{"ID":"1"}]""", page["result"]!.ToString(Formatting.None));
        Assert.Equal("[]", batch["result"]!["result"]!.ToString(Formatting.None));
    }

    [Fact]
    public async Task Multipart_form_is_read_without_its_files()
    {
        using var type = new StringContent("CONTACT");
        using var first = new StringContent("9");
        using var second = new StringContent("17");
        using var file = new ByteArrayContent([0, 255, 13, 10]);
        using var form = new MultipartFormDataContent
        {
            { type, "ENTITY_TYPE" },
            { file, "ENTITIES[9]", "file.bin" },
            { first, "ENTITIES[0]" },
            { second, "\"ENTITIES[]\"" },
        };

        using var response = await http.PostAsync(new Uri($"rest/1/code/{Add}", UriKind.Relative), form);

        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        Assert.Equal([9, 17], Assert.Single(portal.CallLists).Entities);
    }

    [Theory]
    [InlineData("multipart/form-data")]
    [InlineData("multipart/form-data; boundary=x")]
    public async Task Damaged_multipart_form_is_an_empty_request(string contentType)
    {
        using var content = new StringContent("--x\r\nContent-Disposition: form-data");
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);

        using var response = await http.PostAsync(new Uri($"rest/1/code/{Add}", UriKind.Relative), content);

        Assert.Contains("ENTITY_TYPE is not found", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Query_of_a_get_request_is_read()
    {
        var added = await http.GetStringAsync(
            new Uri("rest/crm.calllist.add?entity_type=CONTACT&entities[]=9&entities[]=17&auth=token", UriKind.Relative));

        Assert.Equal(1, JObject.Parse(added)["result"]);
        Assert.Equal([9, 17], Assert.Single(portal.CallLists).Entities);
    }

    private async Task<JObject> PostAsync(string path, string json)
    {
        using var content = new StringContent(json, MediaTypeHeaderValue.Parse("application/json"));
        using var response = await http.PostAsync(new Uri(path, UriKind.Relative), content);
        return JObject.Parse(await response.Content.ReadAsStringAsync());
    }
}
