using System.Diagnostics.CodeAnalysis;
using Bitrix24;
using Newtonsoft.Json.Linq;

IBitrix24Client bitrix24 = Bitrix24Client.Create(
    new Bitrix24ClientOptions
    {
        Credentials = Bitrix24Credentials.OAuth(
            new Bitrix24OAuthOptions
            {
                PortalUrl = args[0],
                ClientId = "app.simulated",
                ClientSecret = args[1],
                TokenStore = new FileBitrix24TokenStore(args[2]),
                TokenEndpoint = new Uri(args[3]),
            }
        ),
    }
);

AddCallListResponse made = await bitrix24.AddCallListAsync(
    new AddCallListRequest
    {
        EntityType = CallListEntityType.Contact,
        Entities = [9, 17],
        WebformId = 1,
    }
);
Console.WriteLine($"made {made.Result} {made.Time?.Duration >= TimeSpan.Zero}");

await foreach (
    var outcome in bitrix24.AddCallListsAsync([
        new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = [9] },
        new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = [404] },
    ])
)
{
    Console.WriteLine($"{outcome.Index} {outcome.Execution} {outcome.Id} {outcome.Exception?.ErrorCode}");
}

await bitrix24.UpdateCallListAsync(
    new UpdateCallListRequest
    {
        ListId = made.Result,
        EntityType = CallListEntityType.Contact,
        Entities = [9],
        ClearWebform = true,
    }
);
var read = (await bitrix24.GetCallListAsync(new GetCallListRequest { Id = made.Result })).Result;
Console.WriteLine($"got {read.Id} {read.EntityType} {read.WebformId?.ToString() ?? "no form"}");

await foreach (
    var list in bitrix24.EnumerateCallListsAsync(
        new ListCallListsRequest
        {
            Filter = new CallListFilter().Equal(CallListFilterField.EntityTypeId, 3),
            Order = new CallListOrder().By(CallListField.DateCreate).By(CallListField.Id),
        }
    )
)
{
    Console.WriteLine($"listed {list.Id}");
}

await foreach (var member in bitrix24.EnumerateCallListItemsAsync(new ListCallListItemsRequest { ListId = made.Result }))
{
    Console.WriteLine($"member {member.Id} {member.Status}");
}

Console.WriteLine($"{(await bitrix24.ListCallListStatusesAsync()).Result.Count} statuses");

try
{
    await bitrix24.AddCallListAsync(new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = [404] });
}
catch (Bitrix24InvalidRequestException exception)
{
    Console.WriteLine($"{exception.ErrorCode} {exception.Execution}");
}

await AnyMethods.RunAsync(bitrix24);

internal static class AnyMethods
{
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "JObject and JToken need no reflection.")]
    internal static async Task RunAsync(IBitrix24Client bitrix24)
    {
        var user = await bitrix24.CallAsync<JToken>("user.current", new JObject { ["ACTIVE"] = true });
        Console.WriteLine($"user {user.Result["ID"]}");

        await foreach (var department in bitrix24.EnumerateAsync<JToken>("department.get"))
        {
            Console.WriteLine($"department {department["ID"]}");
        }

        await foreach (var outcome in bitrix24.CallManyAsync<JToken>([new BatchCall("app.info", new JObject(), "app")]))
        {
            Console.WriteLine($"{outcome.Key} {outcome.Execution}");
        }
    }
}
