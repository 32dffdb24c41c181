using System.Diagnostics.CodeAnalysis;
using Bitrix24.Operations;
using Bitrix24.Serialization;

namespace Bitrix24.Http;

/// <summary>
/// Represents the JSON of a request. It is written once, directly after the validation, so that later changes by the application have no
/// effect on any attempt.
/// </summary>
[SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "The buffer is reference-counted. The last user disposes it.")]
internal sealed class SerializedRequest
{
    private readonly PooledBufferWriter buffer = new();

    // Counts the call and every body in flight. With HTTP/2 a response can arrive while a body is still being sent, and the buffer must not
    // return to the pool before the last byte was sent.
    private int users = 1;

    internal SerializedRequest(IRequest request)
    {
        var json = new RequestWriter(buffer);
        json.Start();
        request.Write(json);
        json.End();
    }

    internal int Length => (int)buffer.Length;

    internal bool IsEmptyObject => Length == 2;

    internal void Retain() => Interlocked.Increment(ref users);

    internal void Release()
    {
        if (Interlocked.Decrement(ref users) == 0)
        {
            buffer.Dispose();
        }
    }

    internal Task WriteToAsync(Stream target, int count, CancellationToken cancellationToken) =>
        buffer.WriteToAsync(target, count, cancellationToken);
}
