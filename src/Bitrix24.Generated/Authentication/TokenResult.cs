using System.Diagnostics;

namespace Bitrix24.Authentication;

/// <summary>Represents an access token, or the reason why there is none.</summary>
internal readonly struct TokenResult
{
    private TokenResult(string? accessToken, TokenError? error)
    {
        AccessToken = accessToken;
        Error = error;
    }

    /// <summary>Gets the result of credentials that need no token: the path authorizes the call.</summary>
    public static TokenResult None => default;

    /// <summary>Gets the access token; <see langword="null"/> when there is none, or none is needed.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? AccessToken { get; }

    /// <summary>Gets the reason why there is no token; <see langword="null"/> when there is one, or none is needed.</summary>
    public TokenError? Error { get; }

    internal static TokenResult Of(string accessToken) => new(accessToken, error: null);

    internal static TokenResult Failed(TokenError error) => new(accessToken: null, error);

    public override string ToString() => Error is null ? nameof(AccessToken) : nameof(Error);
}
