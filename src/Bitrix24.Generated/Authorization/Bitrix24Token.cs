using System.Diagnostics;

namespace Bitrix24;

/// <summary>A pair of OAuth 2.0 tokens. Both are secrets.</summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class Bitrix24Token
{
    /// <summary>What calls are authorized with. Lives one hour.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string AccessToken { get; init; } = string.Empty;

    /// <summary>What a new pair is got with. Lives 180 days and is replaced at every renewal.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string RefreshToken { get; init; } = string.Empty;

    /// <summary>When the access token expires; <see langword="null"/> when that is not known. For information: a token is renewed when a portal says that it has expired.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Describes the pair without its secrets.</summary>
    /// <returns>When it expires.</returns>
    public override string ToString() => ExpiresAt is { } expiresAt ? FormattableString.Invariant($"Token that expires at {expiresAt:u}") : "Token";
}
