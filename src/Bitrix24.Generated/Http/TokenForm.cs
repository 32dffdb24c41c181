using System.Net;
using Bitrix24.Errors;

namespace Bitrix24.Http;

/// <summary>
/// Represents the form of a token request, and tracks whether it was passed to a connection and its grant thus can be used up.
/// </summary>
internal sealed class TokenForm(IEnumerable<KeyValuePair<string, string>> fields) : FormUrlEncodedContent(fields)
{
    internal Departure Departure { get; } = new();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        Begin();
        return base.SerializeToStreamAsync(stream, context);
    }

#if NET
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Begin();
        return base.SerializeToStreamAsync(stream, context, cancellationToken);
    }
#endif

    private void Begin()
    {
        if (!Departure.TryBegin() && !Departure.HasBegun)
        {
            throw new SentAgainException();
        }
    }
}
