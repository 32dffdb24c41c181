namespace Bitrix24;

/// <content>Methods that combine several calls.</content>
public partial interface IBitrix24Client
{
    /// <summary>Creates many call lists, up to 50 with one request to the portal, in the order of the requests.</summary>
    /// <remarks>
    /// <para>
    /// Each request has its own outcome, in the order of the requests: the id of the new list, or an exception. If it is unknown whether a
    /// list was created, the outcome is <see cref="CallExecution.Unknown"/> and the request is not retried. Check with
    /// <see cref="EnumerateCallListsAsync"/> before you send it again.
    /// </para>
    /// <para>
    /// A request with more entities than a portal reads from a batch is sent alone. The source is read as needed. Memory usage does not
    /// grow with the number of requests.
    /// </para>
    /// <para>
    /// If <paramref name="cancellationToken"/> is canceled or the source fails, no further batch is sent. Batches in flight are completed
    /// within <see cref="Bitrix24ClientOptions.AttemptTimeout"/>, and their outcomes are returned before the exception is thrown. A request
    /// without an outcome was not executed. If you stop enumerating early, the remaining outcomes are only logged. A source that waits must
    /// observe the token. The outcomes can be enumerated once.
    /// </para>
    /// <para>Calls <c>batch</c> with <c>crm.calllist.add</c>:
    /// <see href="https://apidocs.bitrix24.com/settings/how-to-call-rest-api/batch.html"/></para>
    /// </remarks>
    /// <param name="requests">The call lists to create.</param>
    /// <param name="options">
    /// Batch size, concurrency and progress reporting. Default is 50 lists per request, one request at a time.
    /// </param>
    /// <param name="cancellationToken">A token to cancel the operation. The portal may still have executed batches in flight.</param>
    /// <returns>The outcomes.</returns>
    /// <exception cref="ArgumentException">
    /// An option is out of range, or <paramref name="requests"/> is or contains <see langword="null"/>.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    IAsyncEnumerable<AddCallListOutcome> AddCallListsAsync(
        IAsyncEnumerable<AddCallListRequest> requests, AddCallListsOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="AddCallListsAsync(IAsyncEnumerable{AddCallListRequest}, AddCallListsOptions?, CancellationToken)"/>
    IAsyncEnumerable<AddCallListOutcome> AddCallListsAsync(
        IEnumerable<AddCallListRequest> requests, AddCallListsOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Creates a call list and verifies which of the entities are in it.</summary>
    /// <remarks>
    /// The portal silently drops entities that the caller cannot read. This method reads the items of the new list, 50 with one request.
    /// <para>Calls <c>crm.calllist.add</c>, then <c>crm.calllist.items.get</c>:
    /// <see href="https://apidocs.bitrix24.com/api-reference/crm/call-list/crm-calllist-items-get.html"/></para>
    /// </remarks>
    /// <param name="request">The entities to call and the CRM webform to show during a call.</param>
    /// <param name="cancellationToken">
    /// A token to cancel the operation. After the request was sent, the method still waits for the response and returns the id.
    /// </param>
    /// <returns>The id of the new list and the entities that are not in it.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="request"/> is <see langword="null"/> or invalid. No request was sent.
    /// </exception>
    /// <exception cref="Bitrix24Exception">
    /// The list was not created, or the outcome is unknown. See <see cref="Bitrix24Exception.Execution"/>.
    /// </exception>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> was canceled before the request was sent.
    /// </exception>
    Task<VerifiedCallList> AddCallListAndVerifyAsync(AddCallListRequest request, CancellationToken cancellationToken = default);

    /// <summary>Enumerates the call lists that match a filter. Pages are read as needed.</summary>
    /// <remarks>
    /// Without an order, or ordered by id, each page starts after the last id. Lists that are created in the meantime neither repeat nor
    /// hide another one. In any other order the pages are read by offset, and rows of the previous page are not repeated. The id is always
    /// selected.
    /// <para>Calls <c>crm.calllist.list</c>:
    /// <see href="https://apidocs.bitrix24.com/api-reference/crm/call-list/crm-calllist-list.html"/></para>
    /// </remarks>
    /// <param name="request">
    /// The filter, fields and sort order. <see cref="ListCallListsRequest.Start"/> must not be set. Default is all lists.
    /// </param>
    /// <param name="cancellationToken">A token to cancel the operation.</param>
    /// <returns>The lists. The enumeration throws the exceptions of <see cref="ListCallListsAsync"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="request"/> is invalid.</exception>
    IAsyncEnumerable<CallListSummary> EnumerateCallListsAsync(
        ListCallListsRequest? request = null, CancellationToken cancellationToken = default);

    /// <summary>Enumerates the items of a call list that the caller can read. Pages are read as needed.</summary>
    /// <remarks>
    /// A page whose 50 items are all unreadable looks like the end, so one more page is requested. Two such pages in a row end the
    /// enumeration.
    /// <para>Calls <c>crm.calllist.items.get</c>:
    /// <see href="https://apidocs.bitrix24.com/api-reference/crm/call-list/crm-calllist-items-get.html"/></para>
    /// </remarks>
    /// <param name="request">The call list and the filter. <see cref="ListCallListItemsRequest.Start"/> must not be set.</param>
    /// <param name="cancellationToken">A token to cancel the operation.</param>
    /// <returns>
    /// The items. The enumeration throws the exceptions of <see cref="ListCallListItemsAsync"/>, and a
    /// <see cref="Bitrix24AccessDeniedException"/> if the first page is empty.
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="request"/> is <see langword="null"/> or invalid.</exception>
    IAsyncEnumerable<CallListItem> EnumerateCallListItemsAsync(
        ListCallListItemsRequest request, CancellationToken cancellationToken = default);
}
