using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using Newtonsoft.Json;

namespace Bitrix24;

/// <summary>The JSON body of a request, stamped with the access token where there is one.</summary>
/// <remarks>It goes out with a <c>Content-Length</c>: some front ends refuse chunked requests.</remarks>
internal sealed class RequestBody : HttpContent
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly PooledStream stream = new();

    // The owner and everybody who is just sending: with HTTP/2 an answer can come while the body is still on its way, and
    // the buffer must not go back to the pool before the last byte has left.
    private int users = 1;
    private int disposed;

    internal RequestBody(IRequest request, string? accessToken)
    {
        using (var text = new StreamWriter(stream, Utf8, bufferSize: 1024, leaveOpen: true))
        using (var json = new AuthorizingJsonWriter(text, accessToken))
        {
            Json.Serializer.Serialize(json, request);
        }

        Headers.ContentType = new MediaTypeHeaderValue("application/json");
    }

    /// <summary>Whether any of the body was handed to a connection. If not, the portal cannot have run the call.</summary>
    internal bool SendingStarted { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SendAsync(stream, CancellationToken.None);

#if NET
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) => SendAsync(stream, cancellationToken);
#endif

    protected override bool TryComputeLength(out long length)
    {
        length = stream.Length;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref disposed, 1) == 0)
        {
            Release();
        }

        base.Dispose(disposing);
    }

    private async Task SendAsync(Stream target, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref users);
        try
        {
            SendingStarted = true;
            await stream.WriteToAsync(target, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Release();
        }
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref users) == 0)
        {
            stream.Dispose();
        }
    }

    /// <summary>Adds the access token as the last member of the root object: the one place that writes it.</summary>
    private sealed class AuthorizingJsonWriter(TextWriter text, string? accessToken) : JsonTextWriter(text)
    {
        public override void WriteEndObject()
        {
            if (Top == 1 && accessToken is not null)
            {
                WritePropertyName("auth");
                WriteValue(accessToken);
            }

            base.WriteEndObject();
        }
    }
}
