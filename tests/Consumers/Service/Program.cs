using Bitrix24;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddBitrix24Client(builder.Configuration.GetSection("Bitrix24"));
var app = builder.Build();

app.MapPost(
    "/calls/{contact:long}",
    async (long contact, IBitrix24Client bitrix24, CancellationToken cancellationToken) =>
    {
        try
        {
            var made = await bitrix24.AddCallListAsync(
                new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = [contact] },
                cancellationToken
            );
            return Results.Ok(made.Result);
        }
        catch (Bitrix24Exception exception)
        {
            app.Logger.LogError(exception, "No call list for {Contact}", contact);
            return Results.Problem(exception.Message, statusCode: exception.Execution == CallExecution.NotExecuted ? 422 : 502);
        }
    }
);

await app.RunAsync();
