using System.Globalization;
using System.Net;
using Bitrix24.Testing;
using Microsoft.OpenApi;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;

namespace Bitrix24.Tests;

/// <summary>Compares requests and responses with the spec over a real connection.</summary>
public sealed class ContractTests
{
    [Fact]
    public async Task Requests_and_responses_match_every_example_of_the_spec()
    {
        var spec = await ProjectSpec.LoadAsync();
        using var server = WireMockServer.Start();
        var read = 0;

        foreach (var (method, operation) in spec.Operations)
        {
            var requestSchema = operation.RequestBody is null ? null : await spec.SchemaAsync(operation.OperationId + "Request");
            foreach (var (status, response) in operation.Responses!)
            {
                foreach (var (name, example) in response.Content!["application/json"].Examples!)
                {
                    server.Reset();
                    server
                        .Given(
                            Request
                                .Create()
                                .UsingPost()
                                .WithPath("/rest/1/abc123/" + method)
                                .WithHeader("Content-Type", "application/json")
                                .WithHeader("Accept", "application/json")
                        )
                        .RespondWith(
                            Response
                                .Create()
                                .WithStatusCode(status)
                                .WithHeader("Content-Type", "application/json; charset=utf-8")
                                .WithBody(example.Value!.ToJsonString())
                        );

                    var bitrix24 = TestClient.On($"{server.Url}/rest/1/abc123/");
                    var outcome = await Record.ExceptionAsync(() =>
                        CallAsync(bitrix24, operation, operation.RequestBody?.Content?["application/json"].Examples!.First().Value.Value)
                    );

                    var received = Assert.Single(server.LogEntries).RequestMessage!.Body!;
                    if (requestSchema is null)
                    {
                        Assert.Equal("{}", received);
                    }
                    else
                    {
                        Assert.Empty(requestSchema.Validate(received));
                    }

                    AssertOutcome(status, name, example.Value!.AsObject(), outcome);
                    read++;
                }
            }
        }

        Assert.True(read > spec.ErrorColumn("enum").Length);
    }

    [Fact]
    public async Task Example_requests_of_the_spec_are_sent_unchanged()
    {
        var spec = await ProjectSpec.LoadAsync();

        foreach (var (_, operation) in spec.Operations)
        {
            foreach (
                var (_, example) in operation.RequestBody?.Content?["application/json"].Examples
                    ?? new Dictionary<string, IOpenApiExample>(StringComparer.Ordinal)
            )
            {
                var handler = StubHandler.Answering(HttpStatusCode.OK, """{"result":11}""");
                using var client = new TestClient(handler);
                _ = await Record.ExceptionAsync(() => CallAsync(client.Bitrix24, operation, example.Value!));
                Assert.Equal(
                    example.Value!.ToJsonString(),
                    System.Text.Json.Nodes.JsonNode.Parse(Assert.Single(handler.Bodies))!.ToJsonString()
                );
            }
        }
    }

    [Fact]
    public async Task Request_with_an_access_token_has_one_additional_property()
    {
        var spec = await ProjectSpec.LoadAsync();
        var schema = await spec.SchemaAsync("AddCallListRequest");
        using var portal = SimulatedPortal.Start();
        portal.Contacts.Add(9, 17, 19);
        portal.Webforms.Add(1);

        await TestClient
            .On(Bitrix24Credentials.AccessToken(portal.Url.ToString(), portal.AccessToken))
            .AddCallListAsync(TestClient.Request);

        var body = System.Text.Json.Nodes.JsonNode.Parse(Assert.Single(portal.Requests).Body)!.AsObject();
        Assert.True(body.Remove("auth"));
        Assert.Empty(schema.Validate(body.ToJsonString()));
        Assert.Empty(body.Select(member => member.Key).Except(schema.ActualSchema.Properties.Keys, StringComparer.Ordinal));
    }

    /// <summary>Calls an operation by its id with an example request.</summary>
    private static Task CallAsync(IBitrix24Client bitrix24, OpenApiOperation operation, System.Text.Json.Nodes.JsonNode? request)
    {
        var method = typeof(IBitrix24Client).GetMethod(operation.OperationId + "Async")!;
        if (request is null)
        {
            return (Task)method.Invoke(bitrix24, [CancellationToken.None])!;
        }

        var parameter = Newtonsoft.Json.JsonConvert.DeserializeObject(request.ToJsonString(), method.GetParameters()[0].ParameterType);
        return (Task)method.Invoke(bitrix24, [parameter, CancellationToken.None])!;
    }

    private static void AssertOutcome(string status, string name, System.Text.Json.Nodes.JsonObject example, Exception? outcome)
    {
        if (example["error"] is not { } code)
        {
            Assert.Null(outcome);
            return;
        }

        var exception = Assert.IsAssignableFrom<Bitrix24Exception>(outcome);
        Assert.Equal(int.Parse(status, CultureInfo.InvariantCulture), (int)exception.StatusCode!);
        Assert.Equal(code.GetValue<string>(), exception.RawErrorCode);
        Assert.Equal(example["error_description"]!.GetValue<string>(), exception.ErrorDescription);
        Assert.True(exception.ErrorCode != Bitrix24ErrorCode.Unknown || name == "UnknownField", name);
    }
}
