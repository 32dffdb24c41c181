namespace Bitrix24;

/// <summary>Specifies a field of a call list to filter by.</summary>
public enum CallListFilterField
{
    /// <summary>The id of the list.</summary>
    Id,

    /// <summary>The id of the user who created the list.</summary>
    CreatedById,

    /// <summary>The id of the CRM webform.</summary>
    WebformId,

    /// <summary>The type of its items as a number. 3 is contact, 4 is company.</summary>
    EntityTypeId,
}
