using Bitrix24.Http;

namespace Bitrix24.Authentication;

/// <summary>Derives the time limits of token exchanges, and of calls that wait for them, from the timeout of an attempt.</summary>
internal static class OAuthTimeouts
{
    private static readonly TimeSpan MinExchange = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Returns the time limit of a token exchange. The server may use up the grant before it responds, so an exchange that is cut off can
    /// cost the authorization. It therefore gets more time than the calls that wait for it.
    /// </summary>
    internal static TimeSpan Exchange(TimeSpan attemptTimeout) =>
        attemptTimeout == Timeout.InfiniteTimeSpan || attemptTimeout > MinExchange ? attemptTimeout : MinExchange;

    /// <summary>Returns how long a call waits for a refresh, which may have to wait for the lock first.</summary>
    internal static TimeSpan RefreshWait(HttpSender http) =>
        http.AttemptTimeout == Timeout.InfiniteTimeSpan ? http.AttemptTimeout : http.AttemptTimeout + http.AttemptTimeout;
}
