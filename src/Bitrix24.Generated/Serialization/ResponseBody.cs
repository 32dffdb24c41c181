using System.Buffers;
using System.Net.Http;

namespace Bitrix24;

/// <summary>The body of an answer, read whole up to a bound into a buffer from the shared pool.</summary>
internal sealed class ResponseBody : IDisposable
{
    /// <summary>No portal needs more to say what went wrong.</summary>
    internal const long MaxErrorSize = 64 * 1024;

    private const int ChunkSize = 16 * 1024;

    // What a header says is not worth more than this before the bytes are there.
    private const int MaxTrustedSize = 1024 * 1024;

    private ResponseBody(int size) => Bytes = ArrayPool<byte>.Shared.Rent(size);

    /// <summary>The bytes, and behind <see cref="Length"/> of them room.</summary>
    internal byte[] Bytes { get; private set; }

    internal int Length { get; private set; }

    /// <summary>Reads the whole body; <see langword="null"/> when it is longer than the bound.</summary>
    internal static async ValueTask<ResponseBody?> ReadAsync(HttpContent content, long bound, CancellationToken cancellationToken)
    {
        var announced = content.Headers.ContentLength;
        if (announced > bound)
        {
            return null;
        }

#if NET
        using var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
#else
        using var stream = await content.ReadAsStreamAsync().ConfigureAwait(false);
#endif

        // One more: the end shows by nothing coming.
        var body = new ResponseBody(announced is { } length and <= MaxTrustedSize ? (int)length + 1 : ChunkSize);
        try
        {
            while (true)
            {
                body.ReserveOne();
                var room = (int)Math.Min(body.Bytes.Length - body.Length, bound + 1 - body.Length);
#if NET
                var count = await stream.ReadAsync(body.Bytes.AsMemory(body.Length, room), cancellationToken).ConfigureAwait(false);
#else
                var count = await stream.ReadAsync(body.Bytes, body.Length, room, cancellationToken).ConfigureAwait(false);
#endif
                if (count == 0)
                {
                    (var whole, body) = (body, null);
                    return whole;
                }

                body.Length += count;
                if (body.Length > bound)
                {
                    return null;
                }
            }
        }
        finally
        {
            body?.Dispose();
        }
    }

    /// <summary>The bytes as a stream, from their start.</summary>
    internal MemoryStream Open() => new(Bytes, 0, Length, writable: false);

    public void Dispose()
    {
        Return(Bytes, Length);
        Bytes = [];
        Length = 0;
    }

    private void ReserveOne()
    {
        if (Length < Bytes.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(checked(Length * 2));
        Buffer.BlockCopy(Bytes, 0, larger, 0, Length);
        Return(Bytes, Length);
        Bytes = larger;
    }

    /// <summary>Cleared: the next to rent it must not find an answer in it.</summary>
    private static void Return(byte[] rented, int used)
    {
        if (rented.Length > 0)
        {
            Array.Clear(rented, 0, used);
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
