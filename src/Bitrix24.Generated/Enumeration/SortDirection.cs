namespace Bitrix24;

/// <summary>Specifies the direction of a sort.</summary>
public enum SortDirection
{
    /// <summary>From the smallest to the largest value.</summary>
    Ascending,

    /// <summary>From the largest to the smallest value.</summary>
    Descending,
}
