using Bitrix24.Validation;

namespace Bitrix24;

/// <summary>Describes how to enumerate the items of a list method. The defaults fit most methods.</summary>
public sealed class EnumerateOptions
{
    /// <summary>
    /// Gets or sets the name of the field that holds the id of an item, for example <c>ID</c>. The pages are then read by id: each one begins
    /// after the last id of the one before, which stays fast on large portals and misses no item when others are created or deleted meanwhile.
    /// The method has to filter and sort by the field. Default: <see langword="null"/>, which reads <c>crm.*.list</c> by id and all other
    /// methods by offset.
    /// </summary>
    public string? IdField { get; set; }

    /// <summary>
    /// Gets or sets the path of the list in the result, with dots between the names, for example <c>items</c>. Default:
    /// <see langword="null"/>, which finds the list in the usual places: the result itself, <c>items</c>, the only list in the result, or a map
    /// by id.
    /// </summary>
    public string? ItemsPath { get; set; }

    /// <summary>
    /// Gets or sets the order of the items where the pages are read by id. Default: <see cref="SortDirection.Ascending"/>. For another order,
    /// pass the order as a parameter of the method: the pages are then read by offset.
    /// </summary>
    public SortDirection Direction { get; set; }

    /// <summary>Gets or sets the maximum number of items to return: at least 1. Default: <see langword="null"/>, all items.</summary>
    public long? MaxItems { get; set; }

    /// <summary>Returns a copy, which the caller cannot change.</summary>
    internal EnumerateOptions Copy() => (EnumerateOptions)MemberwiseClone();

    internal void Validate()
    {
        if (IdField is not null && string.IsNullOrWhiteSpace(IdField))
        {
            throw RequestValidation.InvalidArgument($"{nameof(IdField)} is blank. Set the name of a field, or null.", "options");
        }

        if (ItemsPath is not null && ItemsPath.Split('.').Any(string.IsNullOrWhiteSpace))
        {
            throw RequestValidation.InvalidArgument($"{nameof(ItemsPath)} has a blank part. Example: items.", "options");
        }

        if (Direction is not (SortDirection.Ascending or SortDirection.Descending))
        {
            throw RequestValidation.InvalidArgument($"{nameof(Direction)} is not a direction.", "options");
        }

        if (MaxItems < 1)
        {
            throw RequestValidation.InvalidArgument(
                FormattableString.Invariant($"{nameof(MaxItems)} is {MaxItems}; it must be at least 1."),
                "options"
            );
        }
    }
}
