using System.Text;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;

namespace Bitrix24.Benchmarks;

/// <summary>A whole call without a network: what is left is the client. Many ids show the cost of a request, many rows that of an answer.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class CallBenchmarks : IDisposable
{
    private const string Webhook = "https://portal.example/rest/1/abc123/";

    private readonly List<ServiceProvider> services = [];

    private IBitrix24Client adding = null!;
    private IBitrix24Client listing = null!;
    private FloorClient floor = null!;
    private IReadOnlyList<long> ids = [];

    /// <summary>How many ids a request, or rows an answer, has.</summary>
    [Params(3, 50, 10_000)]
    public int Count { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var added = Encoding.UTF8.GetBytes(LoopbackServer.Answer);
        ids = [.. Enumerable.Range(100_001, Count).Select(id => (long)id)];
        adding = Client(added);
        listing = Client(Encoding.UTF8.GetBytes($$"""{"result":[{{string.Join(',', ids.Select(id => $$"""{"ID":"{{id}}","DATE_CREATE":"24.03.2025 12:59:57","CREATED_BY_ID":"1","WEBFORM_ID":"0","ENTITY_TYPE_ID":"3"}"""))}}]}"""));
        floor = new FloorClient(new HttpClient(new StubHandler(added)), new Uri(Webhook));
    }

    [Benchmark(Baseline = true)]
    public Task<long> FloorAddsCallList() => floor.AddAsync(ids);

    [Benchmark]
    public Task<AddCallListResponse> AddCallList() => adding.AddCallListAsync(new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = ids, WebformId = 1 });

    [Benchmark]
    public Task<ListCallListsResponse> ListCallLists() => listing.ListCallListsAsync(new ListCallListsRequest());

    [GlobalCleanup]
    public void Dispose()
    {
        services.ForEach(provider => provider.Dispose());
        GC.SuppressFinalize(this);
    }

    private IBitrix24Client Client(byte[] answer)
    {
        var collection = new ServiceCollection();
        collection.AddBitrix24Client(options =>
        {
            options.Credentials = Bitrix24Credentials.Webhook(Webhook);
            options.RateLimit = Bitrix24RateLimit.Unlimited;
        }).ConfigurePrimaryHttpMessageHandler(() => new StubHandler(answer));
        var provider = collection.BuildServiceProvider();
        services.Add(provider);
        return provider.GetRequiredService<IBitrix24Client>();
    }
}
