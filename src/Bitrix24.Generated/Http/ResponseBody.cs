#if NET
using System.Runtime.CompilerServices;
#endif
using Bitrix24.Errors;
using Bitrix24.Serialization;

namespace Bitrix24.Http;

/// <summary>Represents the body of a response, which is read completely up to a limit.</summary>
internal sealed class ResponseBody : IDisposable
{
    /// <summary>The maximum size of an error response, in bytes.</summary>
    internal const long MaxErrorSize = 64 * 1024;

    private const int ChunkSize = 16 * 1024;

    // The initial buffer follows the Content-Length header up to this size.
    private const int MaxTrustedSize = 1024 * 1024;

    // The maximum length of an array.
    private const int MaxSize = 0x7FFFFFC7;

    private readonly long maxTotalSize;
    private long reserved;

    private ResponseBody(long maxTotalSize) => this.maxTotalSize = maxTotalSize;

    /// <summary>Gets the buffer. Only the first <see cref="Length"/> bytes are used.</summary>
    internal byte[] Bytes { get; private set; } = [];

    internal int Length { get; private set; }

    /// <summary>Reads the whole body.</summary>
    /// <param name="context">The data for errors of the call.</param>
    /// <param name="response">The response.</param>
    /// <param name="maxSize">The maximum size of the response, in bytes.</param>
    /// <param name="maxTotalSize">The maximum total size of the responses of the process, in bytes.</param>
    /// <param name="cancellationToken">A token to cancel the operation.</param>
    /// <exception cref="Bitrix24TransportException">The response exceeds a limit.</exception>
#if NET
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
#endif
    internal static async ValueTask<ResponseBody> ReadAsync(
        ErrorContext context,
        HttpResponseMessage response,
        long maxSize,
        long maxTotalSize,
        CancellationToken cancellationToken)
    {
        var contentLength = response.Content.Headers.ContentLength;
        if (contentLength > maxSize)
        {
            throw TransportErrors.TooLarge(context, response, maxSize);
        }

#if NET
        using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
#else
        using var stream = await response.Content.ReadAsStreamAsync().ConfigureAwait(false);
#endif

        var body = new ResponseBody(maxTotalSize);
        try
        {
            // One additional byte shows whether the response exceeds the limit.
            var maxRead = Math.Min(maxSize + 1, MaxSize);
            var size = contentLength is { } length and <= MaxTrustedSize ? (int)length + 1 : ChunkSize;
            while (true)
            {
                if (body.Length == body.Bytes.Length)
                {
                    size = body.Length == 0 ? size : (int)Math.Min(2L * body.Length, maxRead);
                    if (!body.TryGrow(size))
                    {
                        throw TransportErrors.TooMuchAtOnce(context, response, maxTotalSize);
                    }
                }

                var room = (int)Math.Min(body.Bytes.Length - body.Length, maxRead - body.Length);
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
                if (body.Length == maxRead)
                {
                    throw TransportErrors.TooLarge(context, response, maxSize);
                }
            }
        }
        finally
        {
            body?.Dispose();
        }
    }

    public void Dispose()
    {
        SharedBuffer.Return(Bytes, Length);
        ResponseMemory.Release(reserved);
        Bytes = [];
        Length = 0;
        reserved = 0;
    }

    private bool TryGrow(int size)
    {
        // A small response is always read, because it shows whether an object was created.
        var counted = size > MaxErrorSize ? size : 0;
        if (!ResponseMemory.TryReserve(counted - reserved, maxTotalSize))
        {
            return false;
        }

        reserved = counted;
        var larger = SharedBuffer.Rent<byte>(size);
        Buffer.BlockCopy(Bytes, 0, larger, 0, Length);
        SharedBuffer.Return(Bytes, Length);
        Bytes = larger;
        return true;
    }
}
