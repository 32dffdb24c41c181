namespace Bitrix24;

/// <summary>Represents the response of the authorization server to an authorization code.</summary>
public sealed class Bitrix24Authorization
{
    internal Bitrix24Authorization(Bitrix24Token token, Uri? portalUrl, string? memberId, IReadOnlyList<string> scope)
    {
        Token = token;
        PortalUrl = portalUrl;
        MemberId = memberId;
        Scope = scope;
    }

    /// <summary>Gets the tokens. They are already saved in the store.</summary>
    /// <remarks>
    /// Serializers that know the attributes of Newtonsoft.Json, or on .NET those of System.Text.Json, leave them out.
    /// </remarks>
    [Newtonsoft.Json.JsonIgnore]
#if NET
    [System.Text.Json.Serialization.JsonIgnore]
#endif
    public Bitrix24Token Token { get; }

    /// <summary>Gets the address of the portal that issued the code; <see langword="null"/> when the server did not name it.</summary>
    public Uri? PortalUrl { get; }

    /// <summary>
    /// Gets the id of the portal, which stays the same when its address changes; <see langword="null"/> when the server did not name it.
    /// </summary>
    public string? MemberId { get; }

    /// <summary>Gets the permissions of the application, for example <c>crm</c>.</summary>
    public IReadOnlyList<string> Scope { get; }

    /// <summary>Describes the authorization without its tokens.</summary>
    /// <returns>The portal.</returns>
    public override string ToString() => $"Authorization for {PortalUrl}";
}
