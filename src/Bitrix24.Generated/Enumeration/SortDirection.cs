namespace Bitrix24;

/// <summary>The direction of a sort order.</summary>
public enum SortDirection
{
    /// <summary>The smallest value first.</summary>
    Ascending,

    /// <summary>The largest value first.</summary>
    Descending,
}
