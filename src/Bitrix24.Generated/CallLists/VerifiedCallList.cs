namespace Bitrix24;

/// <summary>A call list that was made, and what a look at its members has shown.</summary>
public sealed class VerifiedCallList
{
    /// <summary>A list was made.</summary>
    /// <param name="created">What the portal answered.</param>
    /// <param name="dropped">Ids that are not in the list; <see langword="null"/> when the members could not be read.</param>
    /// <param name="checkFailure">Why they could not be read.</param>
    /// <exception cref="ArgumentNullException"><paramref name="created"/> is <see langword="null"/>.</exception>
    public VerifiedCallList(AddCallListResponse created, IReadOnlyList<long>? dropped, Exception? checkFailure = null)
    {
        ArgumentNullException.ThrowIfNull(created);
        Created = created;
        Dropped = dropped;
        CheckFailure = checkFailure;
    }

    /// <summary>Id of the new call list.</summary>
    public long Id => Created.Result;

    /// <summary>What <c>crm.calllist.add</c> answered.</summary>
    public AddCallListResponse Created { get; }

    /// <summary>Ids that were asked for and are not in the list, in the order of the request; <see langword="null"/> when the members could not be read.</summary>
    public IReadOnlyList<long>? Dropped { get; }

    /// <summary>
    /// Why the members could not be read, most often a <see cref="Bitrix24Exception"/> or an <see cref="OperationCanceledException"/>; <see langword="null"/> when they were. The list was made all the same.
    /// </summary>
    public Exception? CheckFailure { get; }

    /// <summary>Whether the list is known to have all members that were asked for.</summary>
    public bool IsComplete => Dropped is { Count: 0 };
}
