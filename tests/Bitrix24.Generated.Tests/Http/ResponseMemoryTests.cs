using System.IO.Compression;
using System.Net;
using System.Text;

namespace Bitrix24.Tests;

/// <summary>Large answers take up no more memory than their bounds say, and none when they are read.</summary>
[Collection(nameof(AloneCollection))]
public sealed class ResponseMemoryTests
{
    private const int Megabyte = 1024 * 1024;
    private const int PadSize = 62 * Megabyte;

    [Fact]
    public async Task A_small_compressed_answer_costs_no_more_than_the_bound_of_its_method()
    {
        using var client = new TestClient(Compressed("{\"result\":1,\"pad\":\"", (byte)'a', PadSize, "\"}"));
        var before = GC.GetTotalAllocatedBytes(precise: true);

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() => client.Bitrix24.AddCallListAsync(TestClient.Request));

        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 4 * Megabyte);
        Assert.Contains("larger than the limit of 262144 bytes", exception.Message, StringComparison.Ordinal);
        Assert.Equal(CallExecution.Unknown, exception.Execution);
        Assert.Equal(0, ResponseMemory.Held);
    }

    [Theory]
    [InlineData("{\"result\":[],\"pad\":\"", 'a', "\"}")]
    [InlineData("{\"result\":[],\"pad\":\"\\n", 'a', "\"}")]
    [InlineData("{\"result\":[],\"pad\":[{\"", 'b', "\":1}]}")]
    [InlineData("{\"result\":[{\"ID\":1,\"pad\":\"", 'c', "\"}]}")]
    [InlineData("{\"pad\":[\"", 'd', "\"],\"result\":[]}")]
    public async Task An_unknown_member_is_skipped_without_being_built_and_nothing_of_it_stays(string start, char pad, string end)
    {
        using var client = new TestClient(Compressed(start, (byte)pad, PadSize, end));
        var held = GC.GetTotalMemory(forceFullCollection: true);
        var before = GC.GetTotalAllocatedBytes(precise: true);

        Assert.NotNull((await client.Bitrix24.ListCallListsAsync(new ListCallListsRequest())).Result);

        // The buffer has grown to its size by doubling.
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, PadSize, 140L * Megabyte);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - held, -64L * Megabyte, 4 * Megabyte);
        Assert.Equal(0, ResponseMemory.Held);
    }

    [Fact]
    public async Task Answers_that_are_too_large_together_fail_and_those_that_are_short_do_not()
    {
        var pause = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var large = Encoding.UTF8.GetBytes($$"""{"result":[],"pad":"{{new string('a', 700_000)}}"}""");
        var waits = true;
        var handler = new StubHandler((request, _) =>
        {
            var isShort = request.RequestUri!.AbsolutePath.EndsWith("statuslist", StringComparison.Ordinal);
            Stream body = isShort ? new MemoryStream("""{"result":[]}"""u8.ToArray()) : new MemoryStream(large);
            body = waits && !isShort ? new PausedStream(body, pauseAt: 600_000, pause.Task) : body;
            waits &= isShort;
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(body) });
        });
        using var client = new TestClient(handler, options => options.MaxTotalResponseSize = Megabyte);

        var first = client.Bitrix24.ListCallListsAsync(new ListCallListsRequest());
        Assert.InRange(ResponseMemory.Held, 600_000, Megabyte);
        var second = client.Bitrix24.ListCallListsAsync(new ListCallListsRequest());
        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() => second);
        Assert.Empty((await client.Bitrix24.ListCallListStatusesAsync()).Result);
        pause.SetResult();

        Assert.Empty((await first).Result);
        Assert.Empty((await client.Bitrix24.ListCallListsAsync(new ListCallListsRequest())).Result);
        Assert.Equal((CallExecution.Unknown, HttpStatusCode.OK), (exception.Execution, exception.StatusCode));
        Assert.Contains("at the same time have more than 1048576 bytes (HTTP 200); send fewer calls", exception.Message, StringComparison.Ordinal);
        Assert.Equal(0, ResponseMemory.Held);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_gives_its_room_back()
    {
        var failure = Task.FromException(new IOException("broken"));
        var handler = new StubHandler((_, _) => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = new StreamContent(new PausedStream(new MemoryStream(new byte[Megabyte]), pauseAt: 600_000, failure)),
        }));
        using var client = new TestClient(handler);

        await Assert.ThrowsAsync<Bitrix24TransportException>(() => client.Bitrix24.ListCallListsAsync(new ListCallListsRequest()));

        Assert.Equal(0, ResponseMemory.Held);
    }

    [Fact]
    public void Large_buffers_are_not_shared_and_small_ones_are_cleared()
    {
        var small = SharedBuffer.Rent<char>(1000);
        small[0] = 's';
        SharedBuffer.Return(small, used: 1);
        Assert.Same(small, SharedBuffer.Rent<char>(1000));
        Assert.Equal('\0', small[0]);

        var large = SharedBuffer.Rent<char>((SharedBuffer.MaxPooledSize / sizeof(char)) + 1);
        Assert.Equal((SharedBuffer.MaxPooledSize / sizeof(char)) + 1, large.Length);
        SharedBuffer.Return(large, used: 1);
        Assert.NotSame(large, SharedBuffer.Rent<char>(large.Length));
        Assert.NotSame(large, System.Buffers.ArrayPool<char>.Shared.Rent(large.Length));
    }

    [Fact]
    public void A_large_request_leaves_nothing_behind()
    {
        var entities = Enumerable.Range(1, 2_000_000).Select(id => (long)id).ToList().AsReadOnly();
        var request = new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = entities };
        var held = GC.GetTotalMemory(forceFullCollection: true);

        new SerializedRequest(request).Release();

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - held, -64L * Megabyte, 4 * Megabyte);
        GC.KeepAlive(request);
    }

    private static StubHandler Compressed(string start, byte pad, int size, string end)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(start));
            var chunk = Enumerable.Repeat(pad, Megabyte).ToArray();
            for (var written = 0; written < size; written += chunk.Length)
            {
                gzip.Write(chunk);
            }

            gzip.Write(Encoding.UTF8.GetBytes(end));
        }

        var bytes = packed.ToArray();
        return new StubHandler((_, _) => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = new StreamContent(new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress)),
        }));
    }

    /// <summary>Waits in the middle.</summary>
    private sealed class PausedStream(Stream inner, long pauseAt, Task pause) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (inner.Position == pauseAt)
            {
                await pause;
            }

            var most = inner.Position < pauseAt ? Math.Min(buffer.Length, pauseAt - inner.Position) : buffer.Length;
            return await inner.ReadAsync(buffer[..(int)most], cancellationToken);
        }

        public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            await ReadAsync(buffer.AsMemory(offset, count), cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
