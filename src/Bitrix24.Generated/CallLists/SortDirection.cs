namespace Bitrix24;

/// <summary>Which end a sorted list begins with.</summary>
public enum SortDirection
{
    /// <summary>The least first.</summary>
    Ascending,

    /// <summary>The greatest first.</summary>
    Descending,
}
