using System.Net;
using System.Reflection;
#if !NET
using System.Runtime.InteropServices;
#endif

namespace Bitrix24.Http;

/// <summary>The connections to portals, the same with and without dependency injection.</summary>
internal static class HttpHandlerFactory
{
    /// <summary>How long a connection of HTTP/2 is silent before a ping asks whether it is alive.</summary>
    internal static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(15);

    /// <summary>How long a connection of HTTP/2 may take to answer a ping before it is closed.</summary>
    internal static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    /// <summary>Shorter than usual servers and load balancers keep an idle connection, which is one minute.</summary>
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

    /// <summary>What clients use that no <see cref="IHttpClientFactory"/> serves.</summary>
    internal static HttpClient Shared => SharedClient.Value;

    /// <summary>A timeout is an attempt's, not a connection's: the client keeps it.</summary>
    internal static void Configure(HttpClient client) => client.Timeout = Timeout.InfiniteTimeSpan;

    /// <summary>
    /// Cookies are ignored. Redirects are not followed: to follow one automatically turns POST into GET and drops the body.
    /// The runtime's own activity of a request, which carries the URL and with it the code of a webhook, is switched off.
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
    /// netstandard2.0 does not know the handler of modern .NET, where this assembly runs as well, and its activity can be
    /// switched off nowhere else.
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
    /// Lets each attempt through once, right before it reaches the connections, whatever handlers an application puts in front. Connections
    /// of the application's own must not follow redirects by themselves either, nor keep cookies.
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
                    SwitchOff(sockets, "AllowAutoRedirect");
                    SwitchOff(sockets, "UseCookies");
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
            throw new InvalidOperationException("The primary handler has been used before, and follows redirects or keeps cookies. Give this client one of its own, or one with AllowAutoRedirect and UseCookies set to false.", exception);
        }

        return handler;
    }

#if !NET
    private static void SwitchOff(HttpMessageHandler handler, string name)
    {
        var property = handler.GetType().GetProperty(name)!;
        if (property.GetValue(handler) is true)
        {
            property.SetValue(handler, false);
        }
    }
#endif

    /// <summary>
    /// Returns whether connections send a request again only when the server did not process it: those of modern .NET do so for refused streams of
    /// HTTP/2. Nothing is known of others.
    /// </summary>
    internal static bool RepeatOnlyUnprocessed(HttpMessageHandler connections) =>
#if NET
        connections is SocketsHttpHandler || connections.GetType() == typeof(HttpClientHandler);
#else
        connections.GetType().FullName == "System.Net.Http.SocketsHttpHandler"
        || (connections.GetType() == typeof(HttpClientHandler) && IsModernDotNet);

    /// <summary>Not the .NET Framework and not Mono, whose connections are others.</summary>
    private static readonly bool IsModernDotNet = Type.GetType(SocketsHttpHandlerName, throwOnError: false) is not null;
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
