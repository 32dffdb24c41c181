using System.Net;

namespace Bitrix24.Secrets;

/// <summary>Provides the system proxy, whose URL can contain a password.</summary>
internal static class SystemProxy
{
    internal static IWebProxy? Current =>
#if NET
        HttpClient.DefaultProxy;
#else
        (IWebProxy?)typeof(HttpClient).GetProperty("DefaultProxy")?.GetValue(null) ?? WebRequest.DefaultWebProxy;
#endif

    internal static Uri? Find(Uri destination) => destination.IsLoopback ? null : Current?.GetProxy(destination);

    /// <summary>
    /// Returns the user info and password of the system proxy, as configured and decoded. Handlers of the application can quote them.
    /// </summary>
    internal static IEnumerable<string> SecretsFor(Uri destination)
    {
        string userInfo;
        try
        {
            userInfo = Find(destination)?.UserInfo ?? string.Empty;
        }
        catch (Exception)
        {
            // Ignored: a failure of the application's proxy must not hide the original error.
            yield break;
        }

        var password = userInfo.Substring(userInfo.IndexOf(':') + 1);
        yield return userInfo;
        yield return password;
        yield return Uri.UnescapeDataString(userInfo);
        yield return Uri.UnescapeDataString(password);
    }
}
