using System.Net;

namespace Bitrix24.Http;

/// <summary>The content of a response that stays readable after a handler disposes of the response.</summary>
internal sealed class KeptContent : HttpContent
{
    private readonly HttpContent content;

    internal KeptContent(HttpContent content)
    {
        this.content = content;
        foreach (var header in content.Headers)
        {
            Headers.TryAddWithoutValidation(header.Key, header.Value);
        }
    }

    protected override Task<Stream> CreateContentReadStreamAsync() => content.ReadAsStreamAsync();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => content.CopyToAsync(stream);

    protected override bool TryComputeLength(out long length)
    {
        length = content.Headers.ContentLength.GetValueOrDefault();
        return content.Headers.ContentLength is not null;
    }

    /// <summary>The content itself is disposed with the <see cref="SingleSendToken"/>.</summary>
    protected override void Dispose(bool disposing) => base.Dispose(disposing: false);
}
