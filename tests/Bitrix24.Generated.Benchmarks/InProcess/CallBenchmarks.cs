using System.Text;
using BenchmarkDotNet.Attributes;

namespace Bitrix24.Benchmarks;

/// <summary>Measures a call without a network: the cost of the client and, with many ids, of the request.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class CallBenchmarks : IDisposable
{
    private StubbedClient client = null!;
    private FloorClient floor = null!;
    private IReadOnlyList<long> ids = [];

    /// <summary>Gets or sets the number of ids in the request.</summary>
    [Params(3, 50, 10_000)]
    public int Count { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var answer = Encoding.UTF8.GetBytes(LoopbackServer.Answer);
        ids = [.. Enumerable.Range(100_001, Count).Select(id => (long)id)];
        client = new StubbedClient(answer);
        floor = new FloorClient(new HttpClient(new StubHandler(answer)), new Uri(StubbedClient.Webhook));
    }

    [Benchmark(Baseline = true)]
    public Task<long> Floor() => floor.AddAsync(ids);

    [Benchmark]
    public Task<AddCallListResponse> AddCallList() =>
        client.Bitrix24.AddCallListAsync(
            new AddCallListRequest
            {
                EntityType = CallListEntityType.Contact,
                Entities = ids,
                WebformId = 1,
            }
        );

    [GlobalCleanup]
    public void Dispose()
    {
        client.Dispose();
        GC.SuppressFinalize(this);
    }
}
