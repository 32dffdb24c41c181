using System.Net;

namespace Bitrix24.Http;

/// <summary>Represents content that stays readable after a handler disposes the response.</summary>
internal sealed class KeptContent : StreamContent
{
    private const int BufferSize = 16 * 1024;

    private readonly HttpContent content;
    private readonly Stream source;
    private readonly CancellationToken cancellationToken;

    private KeptContent(HttpContent content, Stream source, CancellationToken cancellationToken)
        : base(source)
    {
        this.content = content;
        this.source = source;
        this.cancellationToken = cancellationToken;
        foreach (var header in content.Headers)
        {
            Headers.TryAddWithoutValidation(header.Key, header.Value);
        }
    }

    /// <param name="content">The original content.</param>
    /// <param name="cancellationToken">
    /// A token to cancel reads by handlers on frameworks that do not pass their token to derived types.
    /// </param>
    internal static async Task<KeptContent> OfAsync(HttpContent content, CancellationToken cancellationToken) =>
#if NET
        new(content, await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), cancellationToken);
#else
        new(content, await content.ReadAsStreamAsync().ConfigureAwait(false), cancellationToken);
#endif

    /// <summary>Disposes the original content.</summary>
    internal void Release() => content.Dispose();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        source.CopyToAsync(stream, BufferSize, cancellationToken);

#if NET
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        source.CopyToAsync(stream, BufferSize, cancellationToken);

#endif
    /// <summary>Does not dispose the original content, which is released with the <see cref="SingleSendToken"/>.</summary>
    protected override void Dispose(bool disposing) => base.Dispose(disposing: false);
}
