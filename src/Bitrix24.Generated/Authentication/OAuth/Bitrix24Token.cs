using System.Diagnostics;

namespace Bitrix24;

/// <summary>A pair of OAuth 2.0 tokens. Both are secrets.</summary>
/// <remarks>
/// Newtonsoft.Json, and on .NET System.Text.Json, leave both tokens out, so that they do not get into logs with the object around them.
/// A token store of your own writes <see cref="AccessToken"/> and <see cref="RefreshToken"/> one by one; a pair without them is refused.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class Bitrix24Token
{
    /// <summary>What calls are authorized with. Lives one hour.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    [Newtonsoft.Json.JsonIgnore]
#if NET
    [System.Text.Json.Serialization.JsonIgnore]
#endif
    public string AccessToken { get; init; } = string.Empty;

    /// <summary>What a new pair is got with. Lives 180 days and is replaced at every renewal.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    [Newtonsoft.Json.JsonIgnore]
#if NET
    [System.Text.Json.Serialization.JsonIgnore]
#endif
    public string RefreshToken { get; init; } = string.Empty;

    /// <summary>When the access token expires; <see langword="null"/> when that is not known. For information: a token is renewed when a portal says that it has expired.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Describes the pair without its secrets.</summary>
    /// <returns>When it expires.</returns>
    public override string ToString() => ExpiresAt is { } expiresAt ? FormattableString.Invariant($"Token that expires at {expiresAt:u}") : "Token";
}
