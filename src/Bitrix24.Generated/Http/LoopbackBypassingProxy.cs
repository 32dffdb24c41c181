using System.Net;
using Bitrix24.Secrets;
using Bitrix24.Validation;

namespace Bitrix24.Http;

/// <summary>
/// Represents the system proxy. Loopback addresses bypass it, because plain http is allowed for them only if nothing leaves the machine.
/// </summary>
internal sealed class LoopbackBypassingProxy : IWebProxy
{
    public ICredentials? Credentials
    {
        get => SystemProxy.Current?.Credentials;
        set => throw new NotSupportedException();
    }

    /// <summary>
    /// Gets the proxy URL without user info, because connections quote it. They authenticate with <see cref="Credentials"/>.
    /// </summary>
    public Uri? GetProxy(Uri destination) => SystemProxy.Find(destination) is { } proxy ? WithoutUserInfo(proxy) : null;

    public bool IsBypassed(Uri host) => host.IsLoopback || SystemProxy.Current is not { } system || system.IsBypassed(host);

    private static Uri WithoutUserInfo(Uri proxy) => proxy.UserInfo.Length > 0 ? PortalUri.Origin(proxy) : proxy;
}
