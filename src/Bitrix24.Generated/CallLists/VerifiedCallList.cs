namespace Bitrix24;

/// <summary>Represents a new call list and the result of verifying its items.</summary>
public sealed class VerifiedCallList
{
    /// <summary>Initializes a new instance.</summary>
    /// <param name="created">The response of the portal.</param>
    /// <param name="dropped">The ids that are not in the list; <see langword="null"/> if the items could not be read.</param>
    /// <param name="checkFailure">The error if the items could not be read.</param>
    /// <exception cref="ArgumentNullException"><paramref name="created"/> is <see langword="null"/>.</exception>
    public VerifiedCallList(AddCallListResponse created, IReadOnlyList<long>? dropped, Exception? checkFailure = null)
    {
        ArgumentNullException.ThrowIfNull(created);
        Created = created;
        Dropped = dropped;
        CheckFailure = checkFailure;
    }

    /// <summary>Gets the id of the new call list.</summary>
    public long Id => Created.Result;

    /// <summary>Gets the response of <c>crm.calllist.add</c>.</summary>
    public AddCallListResponse Created { get; }

    /// <summary>
    /// Gets the requested ids that are not in the list, in the order of the request; <see langword="null"/> if the items could not be read.
    /// </summary>
    public IReadOnlyList<long>? Dropped { get; }

    /// <summary>
    /// Gets the error if the items could not be read, usually a <see cref="Bitrix24Exception"/> or an
    /// <see cref="OperationCanceledException"/>; <see langword="null"/> if they were read. The list was created in any case.
    /// </summary>
    public Exception? CheckFailure { get; }

    /// <summary>Gets whether the list is known to contain all requested entities.</summary>
    public bool IsComplete => Dropped is { Count: 0 };
}
