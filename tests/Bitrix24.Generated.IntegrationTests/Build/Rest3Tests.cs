namespace Bitrix24.Tests;

/// <summary>Follows docs/rest-3.md with a portal's document.</summary>
public sealed class Rest3Tests
{
    private const string Task =
        """{"result":{"item":{"id":3839,"title":"Report","rights":[],"parent":{"id":7},"storyPoints":"5"}},"time":{"start":1765445133,"finish":1765445134.1}}""";

    private const string Invalid =
        """{"error":{"code":"BITRIX_REST_V3_EXCEPTION_VALIDATION_REQUESTVALIDATIONEXCEPTION","message":"Error validating request """
            + """object","validation":[{"message":"Required field `title` is not specified","field":"title"}]}}""";

    [Fact]
    public async Task Rest3_client_of_a_portals_document_retries_creations_safely()
    {
        using var copy = new RepositoryCopy();
        var (exitCode, _, error) = await Tool.RunSpecAsync(
            "rest3",
            Repository.PathOf("tests/Bitrix24.Generated.IntegrationTests/Spec/rest3.sample.openapi.json"),
            "--output",
            copy.PathOf("rest3.openapi.json")
        );
        Assert.True(exitCode == 0, error);
        await WriteProgramAsync(copy);
        string[] build = ["build", "program", $"-p:Rest3Document={copy.PathOf("rest3.openapi.json")}", .. DotNet.Alone];
        Assert.Contains(
            "Generating Bitrix24Rest3Client.g.cs from rest3.openapi.json",
            await DotNet.RunAsync(copy.Path, build),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("Generating", await DotNet.RunAsync(copy.Path, build), StringComparison.Ordinal);

        using var server = new ScriptedServer(
            null,
            (502, "<html>"),
            (200, Task),
            (500, """{"error":{"code":"INTERNAL_SERVER_ERROR","message":"Internal server error"}}"""),
            (504, """{"error":"upstream timeout"}"""),
            (400, Invalid),
            (200, """{"result":{"items":[{"id":1},{"id":2}]}}"""),
            (403, """{"error":{"code":"BITRIX_REST_V3_EXCEPTION_INSUFFICIENTSCOPEEXCEPTION","message":"no scope"}}"""),
            (200, Task),
            null
        );
        var output = await DotNet.RunAsync(copy.Path, "exec", "program/bin/Debug/net10.0/program.dll", server.Url.ToString());

        Assert.Equal(
            """
            3839 Report 7 5 0 True
            Bitrix24ServerException InternalServerError Unknown Internal server error
            Bitrix24ServerException Unknown Unknown 
            Bitrix24InvalidRequestException ValidationFailed NotExecuted Error validating request object: title: Required field `title` is not specified
            2
            Bitrix24AccessDeniedException InsufficientScope NotExecuted no scope
            Bitrix24TransportException Unknown Unknown 

            """,
            output,
            ignoreLineEndingDifferences: true
        );
        var requests = server.Requests.ToList();
        Assert.Equal(
            [
                .. Enumerable.Repeat("/rest/api/1/c0de/tasks.task.add", 6),
                "/rest/api/1/c0de/tasks.task.list",
                "/rest/api/tasks.task.delete",
                "/rest/api/1/c0de/tasks.task.add",
                "/rest/api/1/c0de/tasks.task.add",
            ],
            requests.Select(request => request.Path)
        );
        Assert.True(Guid.TryParse(requests[0].IdempotencyKey, out _));
        Assert.Single(requests.Take(3).Select(request => request.IdempotencyKey).Distinct(StringComparer.Ordinal));
        Assert.NotEqual(requests[0].IdempotencyKey, requests[3].IdempotencyKey);
        Assert.Null(requests[6].IdempotencyKey);
        Assert.Equal("""{"fields":{"title":"Report","creatorId":1,"responsibleId":1}}""", requests[0].Body);
        Assert.Equal("""{"id":5,"auth":"t0ken"}""", requests[7].Body);
        Assert.Equal("""{"fields":{"title":"Prepare a report","creatorId":1,"responsibleId":1}}""", requests[8].Body);
    }

    private static async Task WriteProgramAsync(RepositoryCopy copy)
    {
        await copy.AddProgramAsync();
        File.Copy(
            Repository.PathOf("tests/Bitrix24.Generated.Tests/Support/SkippingTimeProvider.cs"),
            copy.PathOf("program/SkippingTimeProvider.cs")
        );
        await File.WriteAllTextAsync(
            copy.PathOf("program/Program.cs"),
            $$"""
            using Bitrix24;
            using Bitrix24.Rest3;
            using Bitrix24.Tests;

            var clock = new SkippingTimeProvider();
            IBitrix24Rest3Client Client(Bitrix24Credentials credentials)
            {
                var options = new Bitrix24ClientOptions { Credentials = credentials, TimeProvider = clock };
                return new Bitrix24Rest3Client((IBitrix24Client)Bitrix24Client.Create(options));
            }

            var bitrix24 = Client(Bitrix24Credentials.Webhook(args[0] + "rest/1/c0de/"));
            var request = new TasksTaskAddRequest { Fields = new TasksV2TaskDto { Title = "Report", CreatorId = 1, ResponsibleId = 1 } };

            var start = clock.GetUtcNow();
            var task = (await bitrix24.TasksTaskAddAsync(request)).Result.Item!;
            // The portal stores only a success for a key. After an error, the key would execute the call again.
            // After a broken connection, the portal may still execute the first attempt. Two simultaneous attempts would both be executed.
            var hasWaited = clock.GetUtcNow() - start >= TimeSpan.FromSeconds(60);
            Console.WriteLine($"{task.Id} {task.Title} {task.Parent!.Id} {(int)task.StoryPoints!} {task.Rights!.Count} {hasWaited}");
            await Fails(() => bitrix24.TasksTaskAddAsync(request));
            await Fails(() => bitrix24.TasksTaskAddAsync(request));
            await Fails(() => bitrix24.TasksTaskAddAsync(request));
            var byId = new TasksTaskListRequest { Order = new Dictionary<string, string> { ["id"] = "ASC" } };
            Console.WriteLine((await bitrix24.TasksTaskListAsync(byId)).Result.Items!.Count);
            await Fails(() => Client(Bitrix24Credentials.AccessToken(args[0], "t0ken")).TasksTaskDeleteAsync(new TasksTaskDeleteRequest { Id = 5 }));

            await DocumentedAsync();

            // MaxDelay is too short to wait until the first attempt must have ended.
            var impatient = new Bitrix24Rest3Client(Bitrix24Client.Create(new Bitrix24ClientOptions
            {
                Credentials = Bitrix24Credentials.Webhook(args[0] + "rest/1/c0de/"),
                TimeProvider = clock,
                Retry = { MaxDelay = TimeSpan.FromSeconds(30) },
            }));
            await Fails(() => impatient.TasksTaskAddAsync(request));

            async Task DocumentedAsync()
            {
            {{await DocumentedAsync()}}
            }

            static async Task Fails(Func<Task> call)
            {
                try
                {
                    await call();
                }
                catch (Bitrix24Exception exception)
                {
                    Console.WriteLine($"{exception.GetType().Name} {exception.ErrorCode} {exception.Execution} {exception.ErrorDescription}");
                }
            }
            """
        );
    }

    /// <summary>Returns the code of the page, with the address of the test server.</summary>
    private static async Task<string> DocumentedAsync()
    {
        var page = await File.ReadAllTextAsync(Repository.PathOf("docs/rest-3.md"));
        var code = page.Split("```csharp\n")[1].Split("```")[0];
        Assert.Contains("\"https://your-domain.bitrix24.com/rest/1/webhook-code/\"", code, StringComparison.Ordinal);
        return string.Join('\n', code.Split('\n').Where(line => !line.StartsWith("using ", StringComparison.Ordinal)))
            .Replace("\"https://your-domain.bitrix24.com/rest/1/webhook-code/\"", "args[0] + \"rest/1/c0de/\"", StringComparison.Ordinal);
    }
}
