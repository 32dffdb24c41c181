using System.Net;
using System.Text.Json;
using Bitrix24.Testing;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Tests;

public sealed class CallTests
{
    private const string Time = """{"start":1752471668.06,"finish":1752471668.53,"duration":0.47,"processing":0.41}""";

    public static TheoryData<object?, string> Parameters =>
        new()
        {
            { null, "{}" },
            {
                new
                {
                    ID = 7,
                    NAME = "Ann \"A\"",
                    ACTIVE = true,
                    DELETED = (string?)null,
                },
                """{"ID":7,"NAME":"Ann \"A\"","ACTIVE":true,"DELETED":null}"""
            },
            {
                new Dictionary<string, object?>(StringComparer.Ordinal) { ["filter"] = new { IDS = new[] { 1, 2 } } },
                """{"filter":{"IDS":[1,2]}}"""
            },
            {
                new JObject { ["ufCrm_ü\""] = "é" },
                """{"ufCrm_ü\"":"é"}"""
            },
            { System.Text.Json.JsonSerializer.SerializeToElement(new { PHONE = "123" }), """{"PHONE":"123"}""" },
            {
                new Contact { Id = 3, Birthday = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2)) },
                """{"ID":3,"Broken":3,"Birthday":"2026-01-02T03:04:05+02:00"}"""
            },
        };

    [Theory]
    [MemberData(nameof(Parameters))]
    public async Task CallAsync_parameters_of_any_kind_are_written_as_JSON(object? parameters, string body)
    {
        var stub = StubHandler.Answering(HttpStatusCode.OK, """{"result":1}""");
        using var client = new TestClient(stub);

        await client.Bitrix24.CallAsync<long>("acme.send", parameters);

        Assert.Equal(body, Assert.Single(stub.Bodies));
    }

    [Fact]
    public async Task CallAsync_ignores_the_global_JSON_settings_of_the_application()
    {
        var stub = StubHandler.Answering(HttpStatusCode.OK, """{"result":{"ID":"3"}}""");
        using var client = new TestClient(stub);
        var before = JsonConvert.DefaultSettings;
        JsonConvert.DefaultSettings = () =>
            new JsonSerializerSettings { TypeNameHandling = TypeNameHandling.All, NullValueHandling = NullValueHandling.Ignore };
        try
        {
            var response = await client.Bitrix24.CallAsync<Contact>("acme.send", new { A = (string?)null, B = new[] { 1 } });

            Assert.Equal(3, response.Result.Id);
            Assert.Equal("""{"A":null,"B":[1]}""", Assert.Single(stub.Bodies));
        }
        finally
        {
            JsonConvert.DefaultSettings = before;
        }
    }

    [Fact]
    public async Task CallAsync_returns_results_of_any_type()
    {
        Assert.Equal(13, (await CallAsync<long>("13")).Result);
        Assert.Equal(13, (await CallAsync<int>("\"13\"")).Result);
        Assert.True((await CallAsync<bool>("true")).Result);
        Assert.Equal("x", (await CallAsync<string>("\"x\"")).Result);
        Assert.Null((await CallAsync<string?>("null")).Result);
        Assert.Null((await CallAsync<long?>("null")).Result);
        Assert.Equal([1L, 2L], (await CallAsync<List<long>>("[1,\"2\"]")).Result);
        Assert.Equal("Ann", (string?)(await CallAsync<JToken>("""{"NAME":"Ann"}""")).Result["NAME"]);
        Assert.Equal(3, (await CallAsync<Contact>("""{"ID":"3","UF_CRM_1":[1]}""")).Result.Id);
        Assert.Empty((await CallAsync<IReadOnlyDictionary<string, long>>("[]")).Result);
        Assert.Equal("2026-01-02T03:04:05+03:00", (string?)(await CallAsync<JToken>("\"2026-01-02T03:04:05+03:00\"")).Result);
    }

    [Fact]
    public async Task CallAsync_returns_total_next_and_time_where_the_portal_sends_them()
    {
        var all = await CallAsync<JToken>($$"""[],"total":"120","next":50,"time":{{Time}}""");
        var none = await CallAsync<JToken>("""[],"total":null,"next":"later","time":[]""");

        Assert.Equal((120, 50, TimeSpan.FromSeconds(0.47)), (all.Total, all.Next, all.Time!.Duration));
        Assert.Equal((null, null, null), (none.Total, none.Next, none.Time));
    }

    [Theory]
    [InlineData("""{"ID":"x"}""", " at result.ID")]
    [InlineData("[1]", " at result")]
    [InlineData("""{"Broken":1}""", " at result.Broken")]
    public async Task CallAsync_result_that_does_not_fit_the_type_was_executed(string result, string where)
    {
        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() => CallAsync<Contact>(result));

        Assert.Equal((CallExecution.Executed, HttpStatusCode.OK), (exception.Execution, exception.StatusCode));
        Assert.Equal(
            $"acme.send was executed, but its result cannot be read as Contact{where}. Do not repeat the call to read it.",
            exception.Message
        );
    }

    [Theory]
    [InlineData("1.5")]
    [InlineData("null")]
    [InlineData("\"x\"")]
    [InlineData("99999999999999999999")]
    public async Task CallAsync_value_that_is_no_integer_is_not_rounded(string result) =>
        Assert.Equal(
            CallExecution.Executed,
            (await Assert.ThrowsAsync<Bitrix24TransportException>(() => CallAsync<long>(result))).Execution
        );

    [Theory]
    [InlineData("""{"error":"ERROR_CORE","error_description":"x"}""", CallExecution.Unknown)]
    [InlineData("""{"result":1,"Result":2}""", CallExecution.Unknown)]
    [InlineData("""{"result":1,"result":2}""", CallExecution.Unknown)]
    [InlineData("""{"time":{}}""", CallExecution.Unknown)]
    [InlineData("""{"result":1""", CallExecution.Unknown)]
    [InlineData("""{"error":"NO_AUTH_FOUND"}""", CallExecution.NotExecuted)]
    public async Task CallAsync_response_that_is_no_result_is_an_exception(string json, CallExecution execution)
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, json));

        var exception = await Assert.ThrowsAnyAsync<Bitrix24Exception>(() => client.Bitrix24.CallAsync<JToken>("acme.send"));

        Assert.Equal(("acme.send", execution), (exception.Method, exception.Execution));
    }

    [Theory]
    [InlineData("", "'' is not a valid method name. Example: user.current.")]
    [InlineData("user current", "'user current' is not a valid method name. Example: user.current.")]
    [InlineData("user..current", "'user..current' is not a valid method name. Example: user.current.")]
    [InlineData("user.current.xml", "'user.current.xml' is not a valid method name. Example: user.current.")]
    [InlineData("s3cr3tc0de!", "'***!' is not a valid method name. Example: user.current.")]
    [InlineData("https://portal.example/rest/1/another/user.current", "An address is not a valid method name. Example: user.current.")]
    public void CallAsync_text_that_is_no_method_name_is_refused_before_anything_is_sent(string method, string message)
    {
        using var client = new TestClient(StubHandler.Throwing(new InvalidOperationException()));

        var exception = Assert.Throws<ArgumentException>(
            nameof(method),
            () =>
            {
                _ = client.Bitrix24.CallAsync<JToken>(method);
            }
        );

        Assert.StartsWith(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CallAsync_invalid_arguments_are_refused_before_anything_is_sent()
    {
        using var client = new TestClient(StubHandler.Throwing(new InvalidOperationException()));
        void Refused(string parameter, string words, object? parameters = null, CallOptions? options = null, string method = "acme.send") =>
            Assert.StartsWith(
                words,
                Assert
                    .Throws<ArgumentException>(
                        parameter,
                        () =>
                        {
                            _ = client.Bitrix24.CallAsync<JToken>(method, parameters, options);
                        }
                    )
                    .Message,
                StringComparison.Ordinal
            );

        Assert.Throws<ArgumentNullException>(
            "method",
            () =>
            {
                _ = client.Bitrix24.CallAsync<JToken>(null!);
            }
        );
        Refused("parameters", "The parameters cannot be serialized", "ID=1");
        Refused("parameters", "The parameters cannot be serialized", new[] { 1 });
        Refused("parameters", "'auth' is not a parameter", new { Auth = "t0ken" });
        Refused("options", "AttemptTimeout is 00:00:00", options: new() { AttemptTimeout = TimeSpan.Zero });
        Refused("options", "AttemptTimeout is 2.", options: new() { AttemptTimeout = TimeSpan.FromDays(2) });
        Refused("options", "ApiVersion is 9", options: new() { ApiVersion = (ApiVersion)9 });
        Refused("options", "IdempotencyKey is set, but only methods of REST 3.0 take one", options: new() { IdempotencyKey = "order-1" });
        Refused("options", "IdempotencyKey must have", options: new() { IdempotencyKey = "", ApiVersion = ApiVersion.Rest3 });
        Refused("options", "RequestId must have", options: new() { RequestId = "a\r\nX: y" });
        Refused(
            "isIdempotent",
            "crm.calllist.add is not idempotent",
            options: new() { IsIdempotent = true },
            method: "CRM.CallList.Add.json"
        );
        Refused("isIdempotent", "batch is not idempotent", options: new() { IsIdempotent = true }, method: "batch");
        Refused("request", "Commands[a] is a batch", new { cmd = new { a = "batch?x=1" } }, method: "Batch.JSON");
        Refused(
            "request",
            "Commands has the key '0'",
            new { cmd = new Dictionary<string, string>(StringComparer.Ordinal) { ["0"] = "user.current" } },
            method: "batch"
        );
        Refused("parameters", "The parameters are not those of a batch", new { cmd = 1 }, method: "batch");
    }

    [Theory]
    [InlineData("crm.calllist.get", null, 3)]
    [InlineData("CRM.CALLLIST.GET.json", null, 3)]
    [InlineData("crm.calllist.get", false, 1)]
    [InlineData("crm.calllist.add", null, 1)]
    [InlineData("crm.contact.get", null, 1)]
    [InlineData("crm.contact.get", true, 3)]
    public async Task CallAsync_repeats_a_method_as_the_spec_or_the_caller_says(string method, bool? isIdempotent, int requests)
    {
        var stub = StubHandler.Answering(HttpStatusCode.BadGateway, "<html>", "text/html");
        using var client = new TestClient(
            stub,
            options => (options.Retry.MaxAttempts, options.Retry.BaseDelay) = (3, TimeSpan.FromMilliseconds(1))
        );

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() =>
            client.Bitrix24.CallAsync<JToken>(method, options: new CallOptions { IsIdempotent = isIdempotent })
        );

        Assert.Equal((CallExecution.Unknown, requests), (exception.Execution, stub.Requests));
    }

    [Fact]
    public async Task CallAsync_REST_3_has_its_own_address_and_takes_the_key_of_the_caller()
    {
        var paths = new List<string>();
        var stub = new StubHandler(
            (request, _) =>
            {
                paths.Add($"{request.RequestUri!.AbsolutePath} {Header(request, "Idempotency-Key")} {Header(request, "X-Request-ID")}");
                return Task.FromResult(
                    new HttpResponseMessage(paths.Count == 1 ? HttpStatusCode.BadGateway : HttpStatusCode.OK)
                    {
                        Content = new StringContent("""{"result":{"id":1}}"""),
                    }
                );
            }
        );
        var clock = new SkippingTimeProvider();
        using var client = new TestClient(
            stub,
            options => (options.Retry.MaxAttempts, options.Retry.MaxDelay, options.TimeProvider) = (2, TimeSpan.FromMinutes(2), clock)
        );

        var options = new CallOptions
        {
            ApiVersion = ApiVersion.Rest3,
            IdempotencyKey = "order-17",
            RequestId = "req-1",
        };
        await client.Bitrix24.CallAsync<JToken>("tasks.task.add", new { fields = new { title = "x" } }, options);
        await client.Bitrix24.CallAsync<JToken>("user.current");

        var path = $"/rest/api/1/{TestClient.WebhookCode}/tasks.task.add order-17 req-1";
        Assert.Equal([path, path, $"/rest/1/{TestClient.WebhookCode}/user.current none none"], paths);
    }

    [Fact]
    public async Task CallAsync_access_token_goes_into_the_body_as_in_typed_calls()
    {
        using var portal = SimulatedPortal.Start();
        portal.AddMethod("acme.send", parameters => parameters["A"]);
        var bitrix24 = TestClient.On(Bitrix24Credentials.AccessToken(portal.Url.ToString(), portal.AccessToken));

        Assert.Equal(5, (await bitrix24.CallAsync<long>("acme.send", new { A = 5 })).Result);
        Assert.Equal(1, (await bitrix24.CallAsync<JToken>("user.current")).Result["ID"]);
        Assert.Equal($$"""{"A":5,"auth":"{{portal.AccessToken}}"}""", portal.Requests[0].Body);
    }

    [Fact]
    public async Task CallAsync_AttemptTimeout_counts_for_this_call_only()
    {
        var timeouts = new List<TimeSpan>();
        using var client = new TestClient(
            StubHandler.Answering(HttpStatusCode.OK, """{"result":1}"""),
            options => options.TimeProvider = new RecordingTimeProvider(timeouts)
        );

        await client.Bitrix24.CallAsync<long>("acme.send", options: new CallOptions { AttemptTimeout = TimeSpan.FromSeconds(5) });
        await client.Bitrix24.CallAsync<long>("acme.send");

        Assert.Equal([TimeSpan.FromSeconds(5), new Bitrix24ClientOptions().AttemptTimeout], timeouts);
    }

    [Fact]
    public async Task CallAsync_typed_request_is_validated_and_written_as_in_a_typed_call()
    {
        using var portal = SimulatedPortal.Start();
        portal.Contacts.Add(9, 17, 19);
        portal.Webforms.Add(1);
        var bitrix24 = TestClient.On(portal.WebhookUrl);

        Assert.Equal(1, (await bitrix24.CallAsync<long>("crm.calllist.add", TestClient.Request)).Result);
        Assert.Throws<ArgumentException>(
            "request",
            () =>
            {
                _ = bitrix24.CallAsync<long>("crm.calllist.add", new AddCallListRequest());
            }
        );
        Assert.Single(portal.Requests);
    }

    private static string Header(HttpRequestMessage request, string name) =>
        request.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : "none";

    private static async Task<Bitrix24Response<T>> CallAsync<T>(string result)
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, $$"""{"result":{{result}}}"""));
        return await client.Bitrix24.CallAsync<T>("acme.send");
    }

    private sealed class Contact
    {
        [JsonProperty("ID")]
        public long Id { get; set; }

        public int Broken
        {
            get => (int)Id;
            set => throw new InvalidDataException(value.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
        public DateTimeOffset? Birthday { get; set; }
    }

    private sealed class RecordingTimeProvider(List<TimeSpan> timeouts) : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            timeouts.Add(dueTime);
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
