using System.Net;
using Bitrix24.Diagnostics;
using Bitrix24.Errors;
using Bitrix24.Validation;

namespace Bitrix24;

/// <content>
/// A portal that has moved to another host redirects there. Its redirects are followed by hand: as POST, with the body, and only
/// to the same method.
/// </content>
public sealed partial class Bitrix24Client
{
    private const int MaxHops = 2;

    /// <summary>Where calls go: at first where the credentials say, later where the portal has moved to.</summary>
    private Uri portal;

    /// <summary>303 is none: it is the answer to a request that was done.</summary>
    private static bool IsRedirect(HttpStatusCode status) => (int)status is 301 or 302 or 307 or 308;

    /// <summary>Where a redirect leads to.</summary>
    /// <exception cref="Bitrix24TransportException">It does not lead to the same method of a portal on another host.</exception>
    private static Uri Target(Uri requested, HttpResponseMessage response, int hops, in FailureContext context)
    {
        var status = response.StatusCode;
        if (response.Headers.Location is not { } location || !Uri.TryCreate(requested, location, out var target))
        {
            throw TransportFailure.Redirected(context, status, "without saying where to");
        }

        if (PortalAddress.KeyOf(target) == PortalAddress.KeyOf(requested) && target.Scheme == requested.Scheme)
        {
            throw TransportFailure.Redirected(context, status, "to a page of its own; its licence may have run out");
        }

        if (target.AbsolutePath != requested.AbsolutePath)
        {
            throw TransportFailure.Redirected(context, status, "to something that is not this method");
        }

        // A portal on the internet has no business on this machine's loopback, nor without TLS.
        if (target.Scheme != Uri.UriSchemeHttps && !(PortalAddress.IsSafe(target) && requested.IsLoopback))
        {
            throw TransportFailure.Redirected(context, status, "to an address without https");
        }

        // Names of hosts are logged, and go unencrypted to name servers.
        if (context.Redact(target.Host) != target.Host)
        {
            throw TransportFailure.Redirected(context, status, "to a host whose name contains a secret of this call");
        }

        if (hops == MaxHops)
        {
            throw TransportFailure.Redirected(context, status, "too often");
        }

        return PortalAddress.Origin(target);
    }

    /// <summary>A host that has answered is where calls go from now on, unless another call has found out more meanwhile.</summary>
    private void Moved(Uri from, Uri to)
    {
        if (from != to && Interlocked.CompareExchange(ref portal, to, from) == from)
        {
            Log.PortalMoved(runtime.Logger, from.Authority, to.Authority);
        }
    }
}
