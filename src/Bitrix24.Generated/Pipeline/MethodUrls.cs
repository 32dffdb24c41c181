using System.Collections.Concurrent;
using System.Diagnostics;
using Bitrix24.Operations;

namespace Bitrix24.Pipeline;

/// <summary>The addresses of the methods, made once: a client calls the same few again and again. Those of a webhook are secrets.</summary>
internal sealed class MethodUrls(Bitrix24Credentials credentials)
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly ConcurrentDictionary<Operation, (Uri Host, Uri Url)> urls = new();

    internal Uri Of(Uri host, Operation operation)
    {
        if (urls.TryGetValue(operation, out var known) && ReferenceEquals(known.Host, host))
        {
            return known.Url;
        }

        var url = new Uri(host, credentials.MethodPath(operation));
        urls[operation] = (host, url);
        return url;
    }
}
