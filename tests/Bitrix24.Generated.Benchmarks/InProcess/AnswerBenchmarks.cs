using System.Text;
using BenchmarkDotNet.Attributes;

namespace Bitrix24.Benchmarks;

/// <summary>Measures a call without a network whose response has many rows.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class AnswerBenchmarks : IDisposable
{
    private StubbedClient client = null!;

    /// <summary>Gets or sets the number of rows in the response. A page has 50.</summary>
    [Params(1, 50)]
    public int Count { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var rows = Enumerable
            .Range(100_001, Count)
            .Select(id =>
                $$"""{"ID":"{{id}}","DATE_CREATE":"24.03.2025 12:59:57","CREATED_BY_ID":"1","WEBFORM_ID":"0","ENTITY_TYPE_ID":"3"}"""
            );
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
