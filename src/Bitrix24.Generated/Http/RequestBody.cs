using System.Net;
using System.Text;
using Bitrix24.Errors;
using Newtonsoft.Json;

namespace Bitrix24.Http;

/// <summary>Represents the JSON body of one attempt, including the access token if there is one.</summary>
/// <remarks>The body is sent with a <c>Content-Length</c>, because some front ends reject chunked requests.</remarks>
internal sealed class RequestBody : HttpContent
{
    private readonly SerializedRequest request;
    private readonly byte[] tokenSuffix;
    private int disposed;

    internal RequestBody(SerializedRequest request, string? accessToken)
    {
        this.request = request;
        request.Retain();

        // Replaces the closing bracket.
        tokenSuffix = accessToken is null
            ? []
            : Encoding.UTF8.GetBytes($"{(request.IsEmptyObject ? string.Empty : ",")}\"auth\":{JsonConvert.ToString(accessToken)}}}");
        Headers.TryAddWithoutValidation("Content-Type", "application/json");
    }

    /// <summary>
    /// Gets the state that shows whether the body was passed to a connection. If not, the portal cannot have executed the call.
    /// </summary>
    internal Departure Departure { get; } = new();

    /// <summary>
    /// Gets or sets the token that states whether the connections can resend the body; <see langword="null"/> if they cannot. They resend
    /// it if a server refuses an HTTP/2 stream, which means that it did not process the request.
    /// </summary>
    internal SingleSendToken? Token { get; set; }

    /// <summary>Gets the callback that is invoked when the body was sent, completely or in part.</summary>
    internal Action? Sent { get; init; }

    private int CountBeforeToken => tokenSuffix.Length == 0 ? request.Length : request.Length - 1;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SendAsync(stream, CancellationToken.None);

#if NET
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        SendAsync(stream, cancellationToken);
#endif

    protected override bool TryComputeLength(out long length)
    {
        length = CountBeforeToken + tokenSuffix.Length;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref disposed, 1) == 0)
        {
            Departure.End();
            request.Release();
        }

        base.Dispose(disposing);
    }

    private async Task SendAsync(Stream target, CancellationToken cancellationToken)
    {
        if (!Departure.TryBegin() && !(Departure.HasBegun && Token is { IsRepeatedSafely: true }))
        {
            throw new SentAgainException();
        }

        request.Retain();
        try
        {
            await request.WriteToAsync(target, CountBeforeToken, cancellationToken).ConfigureAwait(false);
            if (tokenSuffix.Length > 0)
            {
#if NET
                await target.WriteAsync(tokenSuffix.AsMemory(), cancellationToken).ConfigureAwait(false);
#else
                await target.WriteAsync(tokenSuffix, 0, tokenSuffix.Length, cancellationToken).ConfigureAwait(false);
#endif
            }
        }
        finally
        {
            request.Release();
            Sent?.Invoke();
        }
    }
}
