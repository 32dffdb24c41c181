using System.Text;

namespace Bitrix24.Tests;

/// <summary>Compares generated writing with the serializer, for all types that a schema can have.</summary>
public sealed class RequestWriterTests
{
    [Fact]
    public async Task Properties_of_all_types_are_written_like_the_serializer()
    {
        var written = await WrittenAsync(json =>
        {
            json.Member("LONG"u8, long.MinValue);
            json.Member("OPTIONAL"u8, (long?)7);
            json.Member("UNSET"u8, (long?)null);
            json.Member("LIST"u8, (IReadOnlyList<long>)[0, -1, long.MaxValue, long.MinValue, 12]);
            json.Member("EMPTY"u8, (IReadOnlyList<long>)[]);
            json.Member("NO_LIST"u8, (IReadOnlyList<long>?)null);
            json.Member("TEXT"u8, "plain ~");
            json.Member("ESCAPED"u8, "a\"b\\c\u0001\u007f\u2028\ud83d\ude00\u00e9");
            json.Member("NO_TEXT"u8, (string?)null);
            json.Member("ENUM"u8, CallListEntityType.Contact);
            json.Member("OPTIONAL_ENUM"u8, (CallListEntityType?)CallListEntityType.Company);
            json.Member("NO_ENUM"u8, (CallListEntityType?)null);
            json.Digit("YES"u8, true);
            json.Digit("NO"u8, false);
            json.Digit("NEITHER"u8, null);
            json.Member("OBJECT"u8, (object)new Dictionary<string, object> { ["a"] = new[] { 1.5 } });
            json.Member("NO_OBJECT"u8, (object?)null);
        });

        Assert.Equal(
            Newtonsoft.Json.JsonConvert.SerializeObject(new
            {
                LONG = long.MinValue,
                OPTIONAL = 7,
                LIST = new[] { 0, -1, long.MaxValue, long.MinValue, 12 },
                EMPTY = Array.Empty<long>(),
                TEXT = "plain ~",
                ESCAPED = "a\"b\\c\u0001\u007f\u2028\ud83d\ude00\u00e9",
                ENUM = "CONTACT",
                OPTIONAL_ENUM = "COMPANY",
                YES = 1,
                NO = 0,
                OBJECT = new { a = new[] { 1.5 } },
            }),
            written);
    }

    [Fact]
    public async Task Request_without_properties_is_an_empty_object() => Assert.Equal("{}", await WrittenAsync(_ => { }));

    /// <summary>The last id determines the initial buffer size. Longer ids before it must also fit.</summary>
    [Theory]
    [InlineData(1, 1_000_000_000_000_000_000, 9)]
    [InlineData(1000, 1_000_000_000_000_000_000, 9)]
    [InlineData(1000, 9, 1_000_000_000_000_000_000)]
    [InlineData(1000, -1_000_000_000_000_000_000, -9)]
    public async Task Lists_of_ids_of_any_length_are_written_completely(int count, long id, long last)
    {
        List<long> ids = [.. Enumerable.Repeat(id, count), last];

        var expected = $$"""{"IDS":[{{string.Join(',', ids)}}]}""";

        Assert.Equal(expected, await WrittenAsync(json => json.Member("IDS"u8, (IReadOnlyList<long>)ids)));
        Assert.Equal(expected, await WrittenAsync(json => json.Member("IDS"u8, (IReadOnlyList<long>)ids.ToArray())));
        Assert.Equal(expected, await WrittenAsync(json => json.Member("IDS"u8, ids.AsReadOnly())));
        Assert.Equal(expected, await WrittenAsync(json => json.Member("IDS"u8, new Listed(ids))));
    }

    private static async Task<string> WrittenAsync(Action<RequestWriter> write)
    {
        using var stream = new PooledBufferWriter();
        var json = new RequestWriter(stream);
        json.Start();
        write(json);
        json.End();
        using var copy = new MemoryStream();
        await stream.WriteToAsync(copy, (int)stream.Length, CancellationToken.None);
        return Encoding.UTF8.GetString(copy.ToArray());
    }

    /// <summary>Represents a collection that implements only the basic interface.</summary>
    private sealed class Listed(List<long> values) : IReadOnlyList<long>
    {
        public int Count => values.Count;

        public long this[int index] => values[index];

        public IEnumerator<long> GetEnumerator() => values.GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
