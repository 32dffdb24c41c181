using Bitrix24.Errors;
using Bitrix24.Serialization;

namespace Bitrix24.Http;

/// <summary>The body of an answer, read whole up to a bound.</summary>
internal sealed class ResponseBody : IDisposable
{
    /// <summary>No portal needs more to say what went wrong.</summary>
    internal const long MaxErrorSize = 64 * 1024;

    private const int ChunkSize = 16 * 1024;

    // What a header says is not worth more than this before the bytes are there.
    private const int MaxTrustedSize = 1024 * 1024;

    // The longest array that there can be.
    private const int MaxSize = 0x7FFFFFC7;

    private readonly long totalBound;
    private long reserved;

    private ResponseBody(long totalBound) => this.totalBound = totalBound;

    /// <summary>The bytes, and behind <see cref="Length"/> of them room.</summary>
    internal byte[] Bytes { get; private set; } = [];

    internal int Length { get; private set; }

    /// <summary>Reads the whole body.</summary>
    /// <param name="context">What call it is.</param>
    /// <param name="response">The answer.</param>
    /// <param name="bound">How many bytes it may have.</param>
    /// <param name="totalBound">How many bytes all answers of the process may have at once.</param>
    /// <param name="cancellationToken">A token to cancel the operation.</param>
    /// <exception cref="Bitrix24TransportException">It is longer than a bound.</exception>
    internal static async ValueTask<ResponseBody> ReadAsync(
        ErrorContext context,
        HttpResponseMessage response,
        long bound,
        long totalBound,
        CancellationToken cancellationToken)
    {
        var announced = response.Content.Headers.ContentLength;
        if (announced > bound)
        {
            throw TransportErrors.TooLarge(context, response, bound);
        }

#if NET
        using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
#else
        using var stream = await response.Content.ReadAsStreamAsync().ConfigureAwait(false);
#endif

        var body = new ResponseBody(totalBound);
        try
        {
            // One more: the end shows by nothing coming.
            var longest = Math.Min(bound + 1, MaxSize);
            var size = announced is { } length and <= MaxTrustedSize ? (int)length + 1 : ChunkSize;
            while (true)
            {
                if (body.Length == body.Bytes.Length)
                {
                    size = body.Length == 0 ? size : (int)Math.Min(2L * body.Length, longest);
                    if (!body.TryGrow(size))
                    {
                        throw TransportErrors.TooMuchAtOnce(context, response, totalBound);
                    }
                }

                var room = (int)Math.Min(body.Bytes.Length - body.Length, longest - body.Length);
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
                if (body.Length == longest)
                {
                    throw TransportErrors.TooLarge(context, response, bound);
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
        // A short answer is read whatever else is held: it says whether something was created.
        var counted = size > MaxErrorSize ? size : 0;
        if (!ResponseMemory.TryReserve(counted - reserved, totalBound))
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
