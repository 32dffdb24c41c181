namespace Bitrix24.Testing;

/// <summary>Represents a call list that was created on a simulated portal.</summary>
/// <param name="Id">The id.</param>
/// <param name="EntityType">The type of its entities: <c>CONTACT</c> or <c>COMPANY</c>.</param>
/// <param name="Entities">The ids of its entities, without those that the caller may not read.</param>
/// <param name="WebformId">The id of the webform, or <see langword="null"/> if the request had none.</param>
/// <param name="CreatedAt">The time of creation on the portal's clock.</param>
public sealed record SimulatedCallList(long Id, string EntityType, IReadOnlyList<long> Entities, long? WebformId, DateTimeOffset CreatedAt)
{
    /// <summary>Gets the id of the user who created the list.</summary>
    public long CreatedById { get; init; }
}
