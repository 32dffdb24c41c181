using System.Net;
using Bitrix24.Diagnostics;
using Bitrix24.Errors;
using Bitrix24.Validation;
using Microsoft.Extensions.Logging;

namespace Bitrix24.Pipeline;

/// <summary>
/// Where a portal is. A portal that has moved to another host redirects there. The client follows by itself: with POST, with the body, and
/// only to the same method.
/// </summary>
internal sealed class PortalLocation(Uri portalUrl, ILogger logger)
{
    private const int MaxHops = 2;

    private Uri current = portalUrl;

    /// <summary>Gets the host that calls go to: at first the one of the credentials, later the one that the portal has moved to.</summary>
    internal Uri Current => Volatile.Read(ref current);

    /// <summary>303 is none: it answers a request that was done.</summary>
    internal static bool IsRedirect(HttpStatusCode status) => (int)status is 301 or 302 or 307 or 308;

    /// <summary>Returns the host that a redirect leads to.</summary>
    /// <exception cref="Bitrix24TransportException">It does not lead to the same method of a portal on another host.</exception>
    internal static Uri ResolveRedirect(Uri requested, HttpResponseMessage response, int hops, in ErrorContext context)
    {
        var status = response.StatusCode;
        if (response.Headers.Location is not { } location || !Uri.TryCreate(requested, location, out var target))
        {
            throw TransportErrors.Redirected(context, status, "without saying where to");
        }

        if (PortalUri.KeyOf(target) == PortalUri.KeyOf(requested) && target.Scheme == requested.Scheme)
        {
            throw TransportErrors.Redirected(context, status, "to a page of its own; its licence may have run out");
        }

        if (target.AbsolutePath != requested.AbsolutePath)
        {
            throw TransportErrors.Redirected(context, status, "to something that is not this method");
        }

        // A portal on the internet has no business on this machine's loopback, nor without TLS.
        if (target.Scheme != Uri.UriSchemeHttps && !(PortalUri.IsHttpsOrLoopback(target) && requested.IsLoopback))
        {
            throw TransportErrors.Redirected(context, status, "to an address without https");
        }

        // Names of hosts are logged, and go unencrypted to name servers.
        if (context.Redact(target.Host) != target.Host)
        {
            throw TransportErrors.Redirected(context, status, "to a host whose name contains a secret of this call");
        }

        if (hops == MaxHops)
        {
            throw TransportErrors.Redirected(context, status, "too often");
        }

        return PortalUri.Origin(target);
    }

    /// <summary>Calls go to a host that has answered from now on, unless another call has found out more meanwhile.</summary>
    internal void RecordNewHost(Uri from, Uri to)
    {
        if (from != to && Interlocked.CompareExchange(ref current, to, from) == from)
        {
            Log.PortalMoved(logger, from.Authority, to.Authority);
        }
    }
}
