namespace Bitrix24;

/// <summary>What the authorization server answers to an authorization code.</summary>
public sealed class Bitrix24Authorization
{
    internal Bitrix24Authorization(Bitrix24Token token, Uri? portalUrl, string? memberId, IReadOnlyList<string> scope)
    {
        Token = token;
        PortalUrl = portalUrl;
        MemberId = memberId;
        Scope = scope;
    }

    /// <summary>The tokens, already saved in the store. Serializers that know the attributes of Newtonsoft.Json, or on .NET 10 of System.Text.Json, leave them out.</summary>
    [Newtonsoft.Json.JsonIgnore]
#if NET
    [System.Text.Json.Serialization.JsonIgnore]
#endif
    public Bitrix24Token Token { get; }

    /// <summary>Address of the portal that granted the code; <see langword="null"/> when the server did not say.</summary>
    public Uri? PortalUrl { get; }

    /// <summary>Id of the portal that stays the same when its address changes; <see langword="null"/> when the server did not say.</summary>
    public string? MemberId { get; }

    /// <summary>What the application may use, for example <c>crm</c>.</summary>
    public IReadOnlyList<string> Scope { get; }

    /// <summary>Describes the authorization without its tokens.</summary>
    /// <returns>The portal.</returns>
    public override string ToString() => $"Authorization for {PortalUrl}";
}
