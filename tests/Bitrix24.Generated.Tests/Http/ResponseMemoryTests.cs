using System.IO.Compression;
using System.Net;
using System.Text;

namespace Bitrix24.Tests;

/// <summary>Tests that large responses stay within their memory limits and release their memory.</summary>
[Collection(nameof(AloneCollection))]
public sealed class ResponseMemoryTests
{
    private const int Megabyte = 1024 * 1024;
    private const int PadSize = 62 * Megabyte;

    [Fact]
    public async Task Compressed_response_uses_no_more_memory_than_its_limit()
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
    public async Task Unknown_property_is_skipped_and_not_kept_in_memory(string start, char pad, string end)
    {
        using var client = new TestClient(Compressed(start, (byte)pad, PadSize, end));
        var held = GC.GetTotalMemory(forceFullCollection: true);
        var before = GC.GetTotalAllocatedBytes(precise: true);

        Assert.NotNull((await client.Bitrix24.ListCallListsAsync(new ListCallListsRequest())).Result);

        // The buffer grows by doubling.
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, PadSize, 140L * Megabyte);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - held, -64L * Megabyte, 4 * Megabyte);
        Assert.Equal(0, ResponseMemory.Held);
    }

    [Fact]
    public async Task Large_responses_beyond_the_total_limit_fail_and_short_ones_do_not()
    {
        var pause = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var large = Encoding.UTF8.GetBytes($$"""{"result":[],"pad":"{{new string('a', 700_000)}}"}""");
        var waits = true;
        var handler = new StubHandler(
            (request, _) =>
            {
                var isShort = request.RequestUri!.AbsolutePath.EndsWith("statuslist", StringComparison.Ordinal);
                Stream body = isShort ? new MemoryStream("""{"result":[]}"""u8.ToArray()) : new MemoryStream(large);
                body = waits && !isShort ? new PausedStream(body, pauseAt: 600_000, pause.Task) : body;
                waits &= isShort;
                return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(body) });
            }
        );
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
        Assert.Contains(
            "at the same time have more than 1048576 bytes (HTTP 200); send fewer calls",
            exception.Message,
            StringComparison.Ordinal
        );
        Assert.Equal(0, ResponseMemory.Held);
    }

    [Fact]
    public async Task Truncated_response_releases_its_memory()
    {
        var failure = Task.FromException(new IOException("broken"));
        var handler = new StubHandler(
            (_, _) =>
                Task.FromResult(
                    new HttpResponseMessage(HttpStatusCode.OK)
                    {
                        Content = new StreamContent(new PausedStream(new MemoryStream(new byte[Megabyte]), pauseAt: 600_000, failure)),
                    }
                )
        );
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
    public void Large_request_releases_its_memory()
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
        return new StubHandler(
            (_, _) =>
                Task.FromResult(
                    new HttpResponseMessage(HttpStatusCode.OK)
                    {
                        Content = new StreamContent(new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress)),
                    }
                )
        );
    }

    /// <summary>Represents a stream that waits in the middle.</summary>
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

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
