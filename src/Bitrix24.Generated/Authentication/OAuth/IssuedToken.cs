using System.Diagnostics;

namespace Bitrix24.Authentication;

/// <summary>Represents a pair that the authorization server issued for a refresh token.</summary>
internal sealed class IssuedToken(Bitrix24Token token, string replaced, long issuedAt)
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public Bitrix24Token Token { get; } = token;

    /// <summary>Gets the refresh token that was used for it.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string Replaced { get; } = replaced;

    public bool IsYoungerThan(TimeSpan age, TimeProvider timeProvider) => timeProvider.GetElapsedTime(issuedAt) < age;
}
