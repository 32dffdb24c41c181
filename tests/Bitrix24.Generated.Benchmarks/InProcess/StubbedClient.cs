using Microsoft.Extensions.DependencyInjection;

namespace Bitrix24.Benchmarks;

/// <summary>Represents this client from dependency injection with a stub instead of connections.</summary>
internal sealed class StubbedClient : IDisposable
{
    internal const string Webhook = "https://portal.example/rest/1/abc123/";

    private readonly ServiceProvider services;

    internal StubbedClient(byte[] answer)
        : this(new StubHandler(answer)) { }

    internal StubbedClient(HttpMessageHandler handler)
    {
        var collection = new ServiceCollection();
        collection
            .AddBitrix24Client(options =>
            {
                options.Credentials = Bitrix24Credentials.Webhook(Webhook);
                options.RateLimit = Bitrix24RateLimit.Unlimited;
            })
            .ConfigurePrimaryHttpMessageHandler(() => handler);
        services = collection.BuildServiceProvider();
        Bitrix24 = services.GetRequiredService<IBitrix24Client>();
    }

    internal IBitrix24Client Bitrix24 { get; }

    internal Task<AddCallListResponse> AddAsync(IReadOnlyList<long> ids) =>
        Bitrix24.AddCallListAsync(new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = ids });

    public void Dispose() => services.Dispose();
}
