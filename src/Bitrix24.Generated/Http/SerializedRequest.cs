using System.Diagnostics.CodeAnalysis;
using Bitrix24.Operations;
using Bitrix24.Serialization;

namespace Bitrix24.Http;

/// <summary>
/// The JSON of a request, made once, right after it was checked: what is sent, and sent again, is what was checked, whatever the
/// application does with the request meanwhile.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Several own it; the last one to release it disposes of the buffer.")]
internal sealed class SerializedRequest
{
    private readonly PooledBufferWriter stream = new();

    // The call and every body on its way: with HTTP/2 an answer can come while a body is still being sent, and the buffer must
    // not go back to the pool before the last byte has left.
    private int users = 1;

    internal SerializedRequest(IRequest request)
    {
        var json = new RequestWriter(stream);
        json.Start();
        request.Write(json);
        json.End();
    }

    internal int Length => (int)stream.Length;

    internal bool IsEmptyObject => Length == 2;

    internal void Retain() => Interlocked.Increment(ref users);

    internal void Release()
    {
        if (Interlocked.Decrement(ref users) == 0)
        {
            stream.Dispose();
        }
    }

    internal Task WriteToAsync(Stream target, int count, CancellationToken cancellationToken) => stream.WriteToAsync(target, count, cancellationToken);
}
