using System.Net;
using System.Reflection;
#if !NET
using System.Runtime.InteropServices;
#endif

namespace Bitrix24.Http;

/// <summary>Creates the handlers for connections to portals, with and without dependency injection.</summary>
internal static class HttpHandlerFactory
{
    /// <summary>The idle time of an HTTP/2 connection before a ping is sent.</summary>
    internal static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(15);

    /// <summary>The time within which a ping must be acknowledged. Otherwise the connection is closed.</summary>
    internal static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    /// <summary>Shorter than one minute, after which common servers and load balancers close an idle connection.</summary>
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(30);

#if !NET
    private const string SocketsHttpHandlerName = "System.Net.Http.SocketsHttpHandler, System.Net.Http";

#endif
    private static readonly Lazy<HttpClient> SharedClient = new(() =>
    {
        var client = new HttpClient(new SendOnceHandler(CreateHandler()));
        Configure(client);
        return client;
    });

    /// <summary>Gets the HTTP client for clients without an <see cref="IHttpClientFactory"/>.</summary>
    internal static HttpClient Shared => SharedClient.Value;

    /// <summary>Disables the timeout of the HTTP client, because this package applies a timeout per attempt.</summary>
    internal static void Configure(HttpClient client) => client.Timeout = Timeout.InfiniteTimeSpan;

    /// <summary>
    /// Creates a primary handler. It ignores cookies and does not follow redirects, which would turn POST into GET and drop the body. It
    /// disables the runtime's own activity, because that contains the URL and thus the code of a webhook.
    /// </summary>
    internal static HttpMessageHandler CreateHandler() =>
#if NET
        new SocketsHttpHandler
        {
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.All,
            PooledConnectionLifetime = ConnectionLifetime,
            PooledConnectionIdleTimeout = IdleTimeout,
            KeepAlivePingDelay = PingDelay,
            KeepAlivePingTimeout = PingTimeout,
            ActivityHeadersPropagator = null,
            Proxy = new LoopbackBypassingProxy(),
        };
#else
        CreateSocketsHttpHandler() ?? new HttpClientHandler
        {
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
            Proxy = new LoopbackBypassingProxy(),
        };

    /// <summary>
    /// Creates the handler of modern .NET, which netstandard2.0 does not contain, but on which this assembly also runs. Its activity can
    /// only be disabled here.
    /// </summary>
    private static HttpMessageHandler? CreateSocketsHttpHandler()
    {
        var type = Type.GetType(SocketsHttpHandlerName, throwOnError: false);
        if (type?.GetProperty("ActivityHeadersPropagator") is not { } activityHeadersPropagator)
        {
            return null;
        }

        var handler = (HttpMessageHandler)Activator.CreateInstance(type)!;
        type.GetProperty("UseCookies")!.SetValue(handler, false);
        type.GetProperty("AllowAutoRedirect")!.SetValue(handler, false);
        type.GetProperty("AutomaticDecompression")!.SetValue(handler, (DecompressionMethods)(-1));
        type.GetProperty("PooledConnectionLifetime")!.SetValue(handler, ConnectionLifetime);
        type.GetProperty("PooledConnectionIdleTimeout")!.SetValue(handler, IdleTimeout);
        type.GetProperty("KeepAlivePingDelay")!.SetValue(handler, PingDelay);
        type.GetProperty("KeepAlivePingTimeout")!.SetValue(handler, PingTimeout);
        type.GetProperty("Proxy")!.SetValue(handler, new LoopbackBypassingProxy());
        activityHeadersPropagator.SetValue(handler, null);
        return handler;
    }
#endif

    /// <summary>
    /// Adds the handler that sends each attempt once, directly before the connections and after all handlers of the application. A custom
    /// primary handler must not follow redirects or use cookies.
    /// </summary>
    internal static HttpMessageHandler AddSendOnceHandler(HttpMessageHandler primary)
    {
        if (primary is not DelegatingHandler outer)
        {
            return new SendOnceHandler(DisableRedirectsAndCookies(primary));
        }

        while (outer.InnerHandler is DelegatingHandler inner)
        {
            outer = inner;
        }

        if (outer.InnerHandler is { } connections && outer is not SendOnceHandler)
        {
            outer.InnerHandler = new SendOnceHandler(DisableRedirectsAndCookies(connections));
        }

        return primary;
    }

    private static HttpMessageHandler DisableRedirectsAndCookies(HttpMessageHandler handler)
    {
        try
        {
            switch (handler)
            {
#if NET
                case SocketsHttpHandler sockets when sockets.AllowAutoRedirect || sockets.UseCookies:
                    sockets.AllowAutoRedirect = false;
                    sockets.UseCookies = false;
                    break;
#else
                case var sockets when sockets.GetType().FullName == "System.Net.Http.SocketsHttpHandler":
                    Disable(sockets, "AllowAutoRedirect");
                    Disable(sockets, "UseCookies");
                    break;
#endif
                case HttpClientHandler client when client.AllowAutoRedirect || client.UseCookies:
                    client.AllowAutoRedirect = false;
                    client.UseCookies = false;
                    break;
            }
        }
        catch (Exception exception) when (exception is InvalidOperationException or TargetInvocationException)
        {
            throw new InvalidOperationException(
                "The primary handler was already used and follows redirects or uses cookies. Use a new handler for this client, or set "
                + "AllowAutoRedirect and UseCookies to false.",
                exception);
        }

        return handler;
    }

#if !NET
    private static void Disable(HttpMessageHandler handler, string name)
    {
        var property = handler.GetType().GetProperty(name)!;
        if (property.GetValue(handler) is true)
        {
            property.SetValue(handler, false);
        }
    }
#endif

    /// <summary>
    /// Returns whether connections resend a request only if the server did not process it. The connections of modern .NET do so for refused
    /// HTTP/2 streams. For other connections it is unknown.
    /// </summary>
    internal static bool RepeatOnlyUnprocessed(HttpMessageHandler connections) =>
#if NET
        connections is SocketsHttpHandler || connections.GetType() == typeof(HttpClientHandler);
#else
        connections.GetType().FullName == "System.Net.Http.SocketsHttpHandler"
        || (connections.GetType() == typeof(HttpClientHandler) && IsModernDotNet);

    /// <summary>Excludes .NET Framework and Mono, which have other connections.</summary>
    private static readonly bool IsModernDotNet = Type.GetType(SocketsHttpHandlerName, throwOnError: false) is not null;
#endif

    /// <summary>Requests HTTP/2 if the server supports it. The HTTP stack of .NET Framework does not accept the version.</summary>
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
