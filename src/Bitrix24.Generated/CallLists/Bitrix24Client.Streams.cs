using System.Runtime.CompilerServices;
using Bitrix24.Enumeration;
using Bitrix24.Errors;
using Bitrix24.Operations;
using Bitrix24.Serialization;
using Bitrix24.Validation;
using Newtonsoft.Json.Linq;

namespace Bitrix24;

/// <content>The enumeration of pages. No response states where the next page begins or whether there is one.</content>
public sealed partial class Bitrix24Client
{
    private const int PageSize = 50;

    /// <inheritdoc/>
    public IAsyncEnumerable<CallListSummary> EnumerateCallListsAsync(
        ListCallListsRequest? request = null, CancellationToken cancellationToken = default)
    {
        var page = request is null ? new ListCallListsRequest() : CopyOf(request);
        ThrowIfStartIsSet(page.Start);
        page.Select = page.Select is null or { Count: 0 } ? null : [.. page.Select.Append(CallListField.Id).Distinct()];
        page.Order = page.Order is null or { IsEmpty: true } ? new CallListOrder().By(CallListField.Id) : page.Order;
        if (page.Order.DirectionById() is { } direction)
        {
            return EnumerateByIdAsync(page, direction, cancellationToken);
        }

        async Task<IReadOnlyList<CallListSummary>> ReadAsync(long start, CancellationToken cancellation)
        {
            var next = CopyOf(page);
            next.Start = start;
            return (await ListCallListsAsync(next, cancellation).ConfigureAwait(false)).Result;
        }

        return Paging.EnumerateByOffset(ReadAsync, IdOf, PageSize, () => NoProgress(ListCallLists), cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<CallListItem> EnumerateCallListItemsAsync(
        ListCallListItemsRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var page = CopyOf(request);
        ThrowIfStartIsSet(page.Start);

        async Task<IReadOnlyList<CallListItem>> ReadAsync(long start, CancellationToken cancellation)
        {
            var next = CopyOf(page);
            next.Start = start;
            try
            {
                return (await ListCallListItemsAsync(next, cancellation).ConfigureAwait(false)).Result;
            }
            catch (Bitrix24AccessDeniedException exception) when (start > 0 && exception.ErrorCode == Bitrix24ErrorCode.AccessError)
            {
                return [];
            }
        }

        return Paging.EnumerateByOffset(ReadAsync, item => item.Id, PageSize, () => NoProgress(ListCallListItems), cancellationToken);
    }

    private async IAsyncEnumerable<CallListSummary> EnumerateByIdAsync(
        ListCallListsRequest first, SortDirection direction, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var page = CopyOf(first);
        var filter = first.Filter ?? new CallListFilter();
        long? last = null;
        while (true)
        {
            var lists = (await ListCallListsAsync(page, cancellationToken).ConfigureAwait(false)).Result;
            if (lists.Count == 0)
            {
                yield break;
            }

            foreach (var list in lists)
            {
                var id = IdOf(list);
                if (last is { } before && (direction == SortDirection.Ascending ? id <= before : id >= before))
                {
                    throw NoProgress(ListCallLists);
                }

                last = id;
                yield return list;
            }

            page.Filter = filter.Beyond(last!.Value, direction);
        }
    }

    /// <summary>Copies and validates a request, so that later changes by the application have no effect.</summary>
    private static TRequest CopyOf<TRequest>(TRequest request)
        where TRequest : IRequest
    {
        request.Validate();
        return JObject.FromObject(request, Json.Serializer).ToObject<TRequest>(Json.Serializer)!;
    }

    private static void ThrowIfStartIsSet(long? start)
    {
        if (start is not null)
        {
            throw RequestValidation.InvalidArgument(
                "Start is set, but the enumeration begins with the first row. Do not set it, or read single pages.");
        }
    }

    private long IdOf(CallListSummary list) =>
        list.Id ?? throw TransportErrors.NoResult(pipeline.ErrorsOf(ListCallLists), System.Net.HttpStatusCode.OK);

    private Bitrix24TransportException NoProgress(OperationDescriptor operation) =>
        TransportErrors.NoProgress(pipeline.ErrorsOf(operation));
}
