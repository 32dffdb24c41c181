using System.Diagnostics;

namespace Bitrix24.Authentication;

/// <summary>Represents what is known about the tokens at one moment. Immutable; the token manager replaces it as a whole.</summary>
[DebuggerDisplay("{ToString(),nq}")]
internal sealed record TokenState(string ClientSecret)
{
    /// <summary>A response of the portal can still quote the last two pairs.</summary>
    private const int MaxTrackedTokens = 4;

    /// <summary>Gets the pair that calls use; <see langword="null"/> until the store has been read.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public Bitrix24Token? Current { get; init; }

    /// <summary>
    /// Gets the pair that was issued but not saved yet. It must be saved before it is used: the pair in the store is no longer valid.
    /// </summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public IssuedToken? Unsaved { get; init; }

    /// <summary>Gets the pair that was issued and saved last.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public IssuedToken? LastIssued { get; init; }

    /// <summary>Gets the last failed refresh; <see langword="null"/> when a refresh has succeeded since.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public RefreshFailure? LastFailure { get; init; }

    /// <summary>Gets the refresh that all calls wait for; <see langword="null"/> before the first one.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public Task<TokenResult>? Refresh { get; init; }

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string ClientSecret { get; } = ClientSecret;

    /// <summary>Gets the texts that must not show anywhere but on the wire.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string[] Secrets { get; private init; } = [ClientSecret];

    /// <summary>Returns this state with the tokens of a pair among the secrets.</summary>
    internal TokenState Track(Bitrix24Token token)
    {
        string[] tokens = [token.AccessToken, token.RefreshToken];
        var tracked = tokens.Concat(Secrets.Skip(1)).Distinct(StringComparer.Ordinal).Take(MaxTrackedTokens);
        return this with { Secrets = [ClientSecret, .. tracked] };
    }

    public override string ToString() => nameof(TokenState);
}
