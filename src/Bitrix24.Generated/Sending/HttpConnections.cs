using System.Net;
using System.Net.Http;
#if !NET
using System.Runtime.InteropServices;
#endif

namespace Bitrix24;

/// <summary>The connections to portals, the same with and without dependency injection.</summary>
internal static class HttpConnections
{
    private static readonly Lazy<HttpClient> SharedClient = new(() =>
    {
        var client = new HttpClient(CreateHandler());
        Configure(client);
        return client;
    });

    /// <summary>What clients use that no <see cref="IHttpClientFactory"/> serves.</summary>
    internal static HttpClient Shared => SharedClient.Value;

    /// <summary>A timeout is an attempt's, not a connection's: the client keeps it.</summary>
    internal static void Configure(HttpClient client) => client.Timeout = Timeout.InfiniteTimeSpan;

    /// <summary>
    /// Cookies are ignored. Redirects are not followed: to follow one automatically turns POST into GET and drops the body.
    /// </summary>
    internal static HttpMessageHandler CreateHandler() =>
#if NET
        new SocketsHttpHandler
        {
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.All,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),

            // The runtime's own activity of a request carries the URL, and with it the code of a webhook.
            ActivityHeadersPropagator = null,
        };
#else
        new HttpClientHandler
        {
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
        };
#endif

    /// <summary>HTTP/2 is used where the other side offers it; the HTTP stack of the .NET Framework refuses to be asked.</summary>
    internal static void OfferHttp2(HttpRequestMessage message)
    {
#if NET
        message.Version = HttpVersion.Version20;
        message.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
#else
        if (!RuntimeInformation.FrameworkDescription.StartsWith(".NET Framework", StringComparison.Ordinal))
        {
            message.Version = new Version(2, 0);
        }
#endif
    }
}
