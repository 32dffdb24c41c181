using System.Diagnostics;
using Bitrix24.Errors;

namespace Bitrix24.Authentication;

/// <summary>Represents a failed refresh, which is not repeated for a while.</summary>
/// <remarks>
/// A known code that refuses the refresh token or the application is final for that refresh token. Any other failure, such as a limit, a
/// payment that is due, or a server that fails, holds for a limited time.
/// </remarks>
internal sealed class RefreshFailure(TokenError error, string refreshToken, long failedAt)
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string refreshToken = refreshToken;

    public TokenError Error { get; } = error;

    private bool IsFinal =>
        Error.Refusal is Bitrix24AuthenticationException { Retry: RetryDisposition.Never, ErrorCode: not Bitrix24ErrorCode.Unknown };

    /// <summary>Returns whether another refresh with the same refresh token would be pointless or too early.</summary>
    public bool StillHolds(string currentRefreshToken, TimeSpan pause, TimeProvider timeProvider) =>
        currentRefreshToken == refreshToken && (IsFinal || timeProvider.GetElapsedTime(failedAt) < pause);
}
