using Bitrix24.Http;

namespace Bitrix24.Authentication;

/// <summary>How long token exchanges and those who wait for them may take, from the timeout of an attempt.</summary>
internal static class OAuthTimeouts
{
    private static readonly TimeSpan MinExchange = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Returns how long a token exchange may take. The server may use up the grant before it answers, so an exchange that is cut off can cost
    /// the authorization: it gets more time than the calls that wait for it.
    /// </summary>
    internal static TimeSpan Exchange(TimeSpan attemptTimeout) =>
        attemptTimeout == Timeout.InfiniteTimeSpan || attemptTimeout > MinExchange ? attemptTimeout : MinExchange;

    /// <summary>Returns how long a call waits for a refresh, which may have to wait for a lock first.</summary>
    internal static TimeSpan RefreshWait(HttpSender http) =>
        http.AttemptTimeout == Timeout.InfiniteTimeSpan ? http.AttemptTimeout : http.AttemptTimeout + http.AttemptTimeout;
}
