namespace Bitrix24;

/// <summary>A field of a call list that can be filtered by.</summary>
public enum CallListFilterField
{
    /// <summary>The id of the list.</summary>
    Id,

    /// <summary>Id of the user who made the list.</summary>
    CreatedById,

    /// <summary>Id of the CRM form.</summary>
    WebformId,

    /// <summary>The kind of its members: 3 for contacts, 4 for companies.</summary>
    EntityTypeId,
}
