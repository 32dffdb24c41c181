using System.Net;
using Bitrix24.Diagnostics;
using Bitrix24.Errors;
using Bitrix24.Validation;
using Microsoft.Extensions.Logging;

namespace Bitrix24.Pipeline;

/// <summary>
/// Tracks the host of a portal. A portal that has moved redirects to its new host. The client itself follows the redirect, with POST and
/// the body, and only to the same method.
/// </summary>
internal sealed class PortalLocation(Uri portalUrl, ILogger logger)
{
    private const int MaxHops = 2;

    private Uri current = portalUrl;

    /// <summary>Gets the current host of the portal: the host of the credentials, or the host to which the portal has moved.</summary>
    internal Uri Current => Volatile.Read(ref current);

    /// <summary>Returns whether a status redirects a request. 303 does not, because it follows an executed request.</summary>
    internal static bool IsRedirect(HttpStatusCode status) => (int)status is 301 or 302 or 307 or 308;

    /// <summary>Returns the target host of a redirect.</summary>
    /// <exception cref="Bitrix24TransportException">The target is not the same method on another host.</exception>
    internal static Uri ResolveRedirect(Uri requested, HttpResponseMessage response, int hops, in ErrorContext context)
    {
        var status = response.StatusCode;
        if (response.Headers.Location is not { } location || !Uri.TryCreate(requested, location, out var target))
        {
            throw TransportErrors.Redirected(context, status, "without a target");
        }

        if (PortalUri.KeyOf(target) == PortalUri.KeyOf(requested) && target.Scheme == requested.Scheme)
        {
            throw TransportErrors.Redirected(context, status, "to one of its own pages; its license has possibly expired");
        }

        if (target.AbsolutePath != requested.AbsolutePath)
        {
            throw TransportErrors.Redirected(context, status, "to a URL that is not this method");
        }

        // Only a loopback host may redirect to a loopback host without TLS.
        if (target.Scheme != Uri.UriSchemeHttps && !(PortalUri.IsHttpsOrLoopback(target) && requested.IsLoopback))
        {
            throw TransportErrors.Redirected(context, status, "to a URL without https");
        }

        // Host names are logged and are sent to name servers without encryption.
        if (context.Redact(target.Host) != target.Host)
        {
            throw TransportErrors.Redirected(context, status, "to a host whose name contains a secret of this call");
        }

        if (hops == MaxHops)
        {
            throw TransportErrors.Redirected(context, status, "too many times");
        }

        return PortalUri.Origin(target);
    }

    /// <summary>
    /// Sets the host for the next calls after it returned a response, unless another call has changed it in the meantime.
    /// </summary>
    internal void RecordNewHost(Uri from, Uri to)
    {
        if (from != to && Interlocked.CompareExchange(ref current, to, from) == from)
        {
            Log.PortalMoved(logger, from.Authority, to.Authority);
        }
    }
}
