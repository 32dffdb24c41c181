namespace Bitrix24.Testing;

/// <summary>A call list that a simulated portal has made.</summary>
/// <param name="Id">Its id.</param>
/// <param name="EntityType">What its members are: <c>CONTACT</c> or <c>COMPANY</c>.</param>
/// <param name="Entities">Ids of its members. Entities that the caller may not read are not among them.</param>
/// <param name="WebformId">Id of the CRM form; <see langword="null"/> when none was given.</param>
/// <param name="CreatedAt">When it was made, on the portal's clock.</param>
public sealed record SimulatedCallList(long Id, string EntityType, IReadOnlyList<long> Entities, long? WebformId, DateTimeOffset CreatedAt)
{
    /// <summary>Id of the user who made it.</summary>
    public long CreatedById { get; init; }
}
