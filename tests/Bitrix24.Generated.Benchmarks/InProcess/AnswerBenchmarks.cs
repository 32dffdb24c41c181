using System.Text;
using BenchmarkDotNet.Attributes;

namespace Bitrix24.Benchmarks;

/// <summary>A whole call without a network whose answer has many rows: the cost of an answer.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class AnswerBenchmarks : IDisposable
{
    private StubbedClient client = null!;

    /// <summary>How many rows an answer has; a page has 50.</summary>
    [Params(1, 50)]
    public int Count { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var rows = Enumerable.Range(100_001, Count).Select(id => $$"""{"ID":"{{id}}","DATE_CREATE":"24.03.2025 12:59:57","CREATED_BY_ID":"1","WEBFORM_ID":"0","ENTITY_TYPE_ID":"3"}""");
        client = new StubbedClient(Encoding.UTF8.GetBytes($$"""{"result":[{{string.Join(',', rows)}}]}"""));
    }

    [Benchmark]
    public Task<ListCallListsResponse> ListCallLists() => client.Bitrix24.ListCallListsAsync(new ListCallListsRequest());

    [GlobalCleanup]
    public void Dispose()
    {
        client.Dispose();
        GC.SuppressFinalize(this);
    }
}
