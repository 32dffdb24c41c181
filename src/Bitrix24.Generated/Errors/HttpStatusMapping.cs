using System.Text;

namespace Bitrix24.Errors;

/// <summary>
/// Maps the HTTP status of a response whose body is not understood: a page or JSON of a proxy, or an error code that is not in the catalog.
/// </summary>
internal static class HttpStatusMapping
{
    /// <summary>The page that nginx sends if its own limits reject a request. Pages from servers behind nginx look different.</summary>
    private static readonly byte[][] NginxPage =
    [
        Encoding.ASCII.GetBytes("<h1>503 Service Temporarily Unavailable</h1>"),
        Encoding.ASCII.GetBytes("<center>nginx"),
    ];

    /// <returns>The meaning of the status; <see langword="null"/> if it does not prove whether the portal executed the call.</returns>
    internal static HttpStatusMeaning? Find(int status) => status switch
    {
        405 => new(ErrorKind.InvalidRequest, RetryDisposition.Never, "POST is not allowed at this address"),
        413 => new(
            ErrorKind.InvalidRequest,
            RetryDisposition.Never,
            "the request is larger than a proxy or the web server accepts; send a smaller request"),
        421 => new(ErrorKind.Server, RetryDisposition.AfterWaiting, "the connection leads to a server that does not serve this host"),
        429 => new(ErrorKind.RateLimit, RetryDisposition.AfterWaiting, "a proxy or the web server limits the request rate"),
        _ => null,
    };

    /// <inheritdoc cref="Find(int)"/>
    internal static HttpStatusMeaning? Find(int status, ReadOnlySpan<byte> page) => status == 503 && IsNginx(page)
        ? new(ErrorKind.RateLimit, RetryDisposition.AfterWaiting, "nginx limits the request rate")
        : Find(status);

    private static bool IsNginx(ReadOnlySpan<byte> page)
    {
        foreach (var part in NginxPage)
        {
            if (page.IndexOf(part) < 0)
            {
                return false;
            }
        }

        return true;
    }
}
