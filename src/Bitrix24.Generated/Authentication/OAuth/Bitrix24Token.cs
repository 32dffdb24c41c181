using System.Diagnostics;

namespace Bitrix24;

/// <summary>Represents a pair of OAuth 2.0 tokens. Both are secrets.</summary>
/// <remarks>
/// Newtonsoft.Json, and on .NET System.Text.Json, leave both tokens out, so that they do not get into logs with the object around them. A
/// token store of your own writes <see cref="AccessToken"/> and <see cref="RefreshToken"/> one by one; a pair without them is refused.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class Bitrix24Token
{
    /// <summary>Gets the token that authorizes calls. Valid for one hour.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    [Newtonsoft.Json.JsonIgnore]
#if NET
    [System.Text.Json.Serialization.JsonIgnore]
#endif
    public string AccessToken { get; init; } = string.Empty;

    /// <summary>Gets the refresh token. Valid for 180 days; replaced on every refresh.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    [Newtonsoft.Json.JsonIgnore]
#if NET
    [System.Text.Json.Serialization.JsonIgnore]
#endif
    public string RefreshToken { get; init; } = string.Empty;

    /// <summary>Gets the time at which the access token expires; <see langword="null"/> when it is not known.</summary>
    /// <remarks>For information only: a token is refreshed when the portal says that it has expired.</remarks>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Describes the pair without its secrets.</summary>
    /// <returns>The time at which it expires.</returns>
    public override string ToString() =>
        ExpiresAt is { } expiresAt ? FormattableString.Invariant($"Token that expires at {expiresAt:u}") : "Token";
}
