using System.Net;

namespace Bitrix24.Http;

/// <summary>The form of a token request. It notes whether it was handed to a connection: until then, its grant is not used up.</summary>
internal sealed class TokenForm(IEnumerable<KeyValuePair<string, string>> fields) : FormUrlEncodedContent(fields)
{
    private int started;

    internal bool SendingStarted => Volatile.Read(ref started) != 0;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        Volatile.Write(ref started, 1);
        return base.SerializeToStreamAsync(stream, context);
    }

#if NET
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Volatile.Write(ref started, 1);
        return base.SerializeToStreamAsync(stream, context, cancellationToken);
    }
#endif
}
