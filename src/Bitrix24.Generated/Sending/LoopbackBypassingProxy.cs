using System.Net;
using System.Net.Http;

namespace Bitrix24;

/// <summary>The proxy of the system, except for this machine itself: plain http is allowed there because it leaves nobody a look.</summary>
internal sealed class LoopbackBypassingProxy : IWebProxy
{
    private static IWebProxy? System =>
#if NET
        HttpClient.DefaultProxy;
#else
        (IWebProxy?)typeof(HttpClient).GetProperty("DefaultProxy")?.GetValue(null) ?? WebRequest.DefaultWebProxy;
#endif

    public ICredentials? Credentials
    {
        get => System?.Credentials;
        set => throw new NotSupportedException();
    }

    public Uri? GetProxy(Uri destination) => destination.IsLoopback ? null : System?.GetProxy(destination);

    public bool IsBypassed(Uri host) => host.IsLoopback || System is not { } system || system.IsBypassed(host);
}
