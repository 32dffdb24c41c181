using System.Net;

namespace Bitrix24.Secrets;

/// <summary>The proxy of the system, whose address may carry a password.</summary>
internal static class SystemProxy
{
    internal static IWebProxy? Current =>
#if NET
        HttpClient.DefaultProxy;
#else
        (IWebProxy?)typeof(HttpClient).GetProperty("DefaultProxy")?.GetValue(null) ?? WebRequest.DefaultWebProxy;
#endif

    internal static Uri? Find(Uri destination) => destination.IsLoopback ? null : Current?.GetProxy(destination);

    /// <summary>Gets the password of the system's proxy, as configured and decoded: handlers of the application may quote it.</summary>
    internal static IEnumerable<string> SecretsOnTheWayTo(Uri destination)
    {
        string userInfo;
        try
        {
            userInfo = Find(destination)?.UserInfo ?? string.Empty;
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
}
