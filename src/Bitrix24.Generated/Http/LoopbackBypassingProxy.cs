using System.Net;
using Bitrix24.Validation;

namespace Bitrix24.Http;

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

    /// <summary>Gets the address without user info: connections quote it, and authenticate with <see cref="Credentials"/>.</summary>
    public Uri? GetProxy(Uri destination) => ProxyOf(destination) is { } proxy ? WithoutUserInfo(proxy) : null;

    public bool IsBypassed(Uri host) => host.IsLoopback || System is not { } system || system.IsBypassed(host);

    /// <summary>Gets the password of the system's proxy, as configured and decoded: handlers of the application may quote it.</summary>
    internal static IEnumerable<string> SecretsOnTheWayTo(Uri destination)
    {
        string userInfo;
        try
        {
            userInfo = ProxyOf(destination)?.UserInfo ?? string.Empty;
        }
        catch (Exception)
        {
            // A proxy of the application's own that fails must not take the place of what failed before.
            yield break;
        }

        var password = userInfo.Substring(userInfo.IndexOf(':') + 1);
        yield return userInfo;
        yield return password;
        yield return Uri.UnescapeDataString(userInfo);
        yield return Uri.UnescapeDataString(password);
    }

    private static Uri? ProxyOf(Uri destination) => destination.IsLoopback ? null : System?.GetProxy(destination);

    private static Uri WithoutUserInfo(Uri proxy) => proxy.UserInfo.Length > 0 ? PortalAddress.Origin(proxy) : proxy;
}
