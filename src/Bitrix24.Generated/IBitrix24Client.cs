namespace Bitrix24;

/// <content>What several calls do together.</content>
public partial interface IBitrix24Client
{
    /// <summary>Makes many call lists, 50 with one request, in their order.</summary>
    /// <remarks>
    /// <para>
    /// Each request has an outcome of its own, in the order of the requests: the id of the list, or why there is none. One whose fate is not known is <see cref="CallExecution.Unknown"/> and is never sent again by this
    /// method: look with <see cref="EnumerateCallListsAsync"/> before you do it.
    /// </para>
    /// <para>
    /// A request with so many entities that a portal would not read all of them from a batch goes alone. Requests are taken from their source as they are needed; memory does not grow with their number.
    /// </para>
    /// <para>
    /// When <paramref name="cancellationToken"/> is cancelled, or the source fails, no further batch is sent; those under way are seen through, for as long as <see cref="Bitrix24ClientOptions.AttemptTimeout"/> lets
    /// them, and their outcomes handed out before the exception comes. A request without an outcome did not run. Who leaves the enumeration early loses the other outcomes of what was sent; they are logged. A source that waits has to
    /// mind the token. The outcomes can be enumerated once.
    /// </para>
    /// <para>Calls <c>batch</c> with <c>crm.calllist.add</c>: <see href="https://apidocs.bitrix24.com/settings/how-to-call-rest-api/batch.html"/></para>
    /// </remarks>
    /// <param name="requests">What to make lists of.</param>
    /// <param name="options">How many at once, and who hears of it. Default: 50 lists in one request, one request after the other.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The outcomes.</returns>
    /// <exception cref="ArgumentException">An option is out of its range, or <paramref name="requests"/> is, or holds, <see langword="null"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    IAsyncEnumerable<AddCallListOutcome> AddCallListsAsync(IAsyncEnumerable<AddCallListRequest> requests, AddCallListsOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="AddCallListsAsync(IAsyncEnumerable{AddCallListRequest}, AddCallListsOptions?, CancellationToken)"/>
    IAsyncEnumerable<AddCallListOutcome> AddCallListsAsync(IEnumerable<AddCallListRequest> requests, AddCallListsOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Creates a call list, and looks which of the entities are in it.</summary>
    /// <remarks>
    /// A portal leaves entities that the caller may not read out of the list, and does not say so. This method reads the members back, 50 with a request.
    /// <para>Calls <c>crm.calllist.add</c>, then <c>crm.calllist.items.get</c>: <see href="https://apidocs.bitrix24.com/api-reference/crm/call-list/crm-calllist-items-get.html"/></para>
    /// </remarks>
    /// <param name="request">The entities that are to be called, and the CRM form to show to the caller.</param>
    /// <param name="cancellationToken">Stops the call. Once the request is on its way its answer is waited for, and the id returned all the same.</param>
    /// <returns>The id of the new list, and the entities that are not in it.</returns>
    /// <exception cref="ArgumentException"><paramref name="request"/> is <see langword="null"/> or cannot be right; nothing was sent.</exception>
    /// <exception cref="Bitrix24Exception">The list was not made, or it is not known whether it was: see <see cref="Bitrix24Exception.Execution"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled before anything was sent.</exception>
    Task<VerifiedCallList> AddCallListAndVerifyAsync(AddCallListRequest request, CancellationToken cancellationToken = default);

    /// <summary>Reads all call lists that a filter meets, a page at a time, as they are asked for.</summary>
    /// <remarks>
    /// Without an order, or ordered by id alone, each page begins behind the last id: lists that are made meanwhile neither repeat nor hide one. In any other order the pages are counted; what moves by up to a page between
    /// two of them is not repeated. The id is read in any case.
    /// <para>Calls <c>crm.calllist.list</c>: <see href="https://apidocs.bitrix24.com/api-reference/crm/call-list/crm-calllist-list.html"/></para>
    /// </remarks>
    /// <param name="request">Which lists and which of their fields to read, and in what order. Its <see cref="ListCallListsRequest.Start"/> has to be unset. Default: all.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The lists. The enumeration throws what <see cref="ListCallListsAsync"/> throws.</returns>
    /// <exception cref="ArgumentException"><paramref name="request"/> cannot be right.</exception>
    IAsyncEnumerable<CallListSummary> EnumerateCallListsAsync(ListCallListsRequest? request = null, CancellationToken cancellationToken = default);

    /// <summary>Reads all members of a call list that the caller may read, a page at a time, as they are asked for.</summary>
    /// <remarks>
    /// A page of 50 of which the caller may read none looks as the end does, so one page further is looked at; two such pages in a row end the enumeration.
    /// <para>Calls <c>crm.calllist.items.get</c>: <see href="https://apidocs.bitrix24.com/api-reference/crm/call-list/crm-calllist-items-get.html"/></para>
    /// </remarks>
    /// <param name="request">Which list and which of its members to read. Its <see cref="ListCallListItemsRequest.Start"/> has to be unset.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The members. The enumeration throws what <see cref="ListCallListItemsAsync"/> throws; a first page without a member is a <see cref="Bitrix24AccessDeniedException"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="request"/> is <see langword="null"/> or cannot be right.</exception>
    IAsyncEnumerable<CallListItem> EnumerateCallListItemsAsync(ListCallListItemsRequest request, CancellationToken cancellationToken = default);
}
