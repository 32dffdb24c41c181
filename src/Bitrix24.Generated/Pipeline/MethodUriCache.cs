using System.Collections.Concurrent;
using System.Diagnostics;
using Bitrix24.Authentication;
using Bitrix24.Operations;

namespace Bitrix24.Pipeline;

/// <summary>Caches the URLs of the methods. The URLs of a webhook are secrets.</summary>
internal sealed class MethodUriCache(CredentialScheme credentials)
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly ConcurrentDictionary<OperationDescriptor, (Uri Host, Uri Url)> urls = new();

    internal Uri Get(Uri host, OperationDescriptor operation)
    {
        if (urls.TryGetValue(operation, out var known) && ReferenceEquals(known.Host, host))
        {
            return known.Url;
        }

        var url = new Uri(host, credentials.MethodPath(operation.Root, operation.Method));
        if (operation.IsListed)
        {
            urls[operation] = (host, url);
        }

        return url;
    }
}
