using System.Buffers;
using System.Net.Http;

namespace Bitrix24;

/// <summary>Reads the body of an answer, up to a bound.</summary>
internal static class ResponseBody
{
    /// <summary>No portal needs more to say what went wrong.</summary>
    internal const long MaxErrorSize = 64 * 1024;

    private const int ChunkSize = 16 * 1024;

    /// <summary>Reads the whole body; <see langword="null"/> when it is longer than the bound.</summary>
    internal static async Task<MemoryStream?> ReadAsync(HttpContent content, long bound, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > bound)
        {
            return null;
        }

#if NET
        using var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
#else
        using var stream = await content.ReadAsStreamAsync().ConfigureAwait(false);
#endif
        var body = new MemoryStream();
        var chunk = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            while (true)
            {
#if NET
                var count = await stream.ReadAsync(chunk.AsMemory(), cancellationToken).ConfigureAwait(false);
#else
                var count = await stream.ReadAsync(chunk, 0, chunk.Length, cancellationToken).ConfigureAwait(false);
#endif
                if (count == 0)
                {
                    return body;
                }

                if (body.Length + count > bound)
                {
                    return null;
                }

                body.Write(chunk, 0, count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk, clearArray: true);
        }
    }
}
