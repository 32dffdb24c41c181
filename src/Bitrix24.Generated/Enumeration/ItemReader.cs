using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using Bitrix24.Calls;
using Bitrix24.Errors;
using Bitrix24.Operations;
using Bitrix24.Pipeline;
using Bitrix24.Serialization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Enumeration;

/// <summary>Reads the items of a list method page by page.</summary>
internal sealed class ItemReader(CallPipeline pipeline, OperationDescriptor operation, EnumerateOptions options)
{
    private const int PageSize = 50;

    private string IdField => options.IdField ?? ListParameters.IdFieldOf(operation.Method);

    /// <summary>Reads by id where that is possible, else by offset.</summary>
    internal async IAsyncEnumerable<TItem> ReadAsync<TItem>(
        JObject parameters,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var items =
            options.IdField is not null || IsCrmList(operation.Method)
                ? ReadByIdAsync(parameters, cancellationToken)
                : ReadByOffsetAsync(parameters, cancellationToken);
        var count = 0L;
        await foreach (var item in items.ConfigureAwait(false))
        {
            yield return Convert<TItem>(item);
            if (++count == options.MaxItems)
            {
                yield break;
            }
        }
    }

    private static bool IsCrmList(string method) =>
        method.StartsWith("crm.", StringComparison.OrdinalIgnoreCase) && method.EndsWith(".list", StringComparison.OrdinalIgnoreCase);

    private async IAsyncEnumerable<JToken> ReadByIdAsync(JObject parameters, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var idField = IdField;
        var direction = options.Direction;
        var page = new ListParameters((JObject)parameters.DeepClone());
        if (!page.HasOtherOrder(idField, ref direction))
        {
            page.OrderById(operation.Method, idField, direction);
            long? last = null;
            while (
                await ReadPageAsync(page, cancellationToken).ConfigureAwait(false) is var (items, _, _)
                && IdsOf(items, idField, isRequired: last is not null || options.IdField is not null) is { } ids
            )
            {
                for (var index = 0; index < items.Count; index++)
                {
                    if (last is { } before && (direction == SortDirection.Ascending ? ids[index] <= before : ids[index] >= before))
                    {
                        throw NoProgress();
                    }

                    last = ids[index];
                    yield return items[index];
                }

                // A short page need not be the last one: items that the caller may not read are missing from it.
                if (items.Count == 0)
                {
                    yield break;
                }

                page.ContinueAfter(last!.Value, idField, direction);
            }
        }

        await foreach (var item in ReadByOffsetAsync(parameters, cancellationToken).ConfigureAwait(false))
        {
            yield return item;
        }
    }

    private async IAsyncEnumerable<JToken> ReadByOffsetAsync(
        JObject parameters,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var page = new ListParameters((JObject)parameters.DeepClone());
        var newItems = new NewRows<JToken>(item => IdOf(item, IdField)!.Value, NoProgress);
        var sameItems = new SamePages(NoProgress);
        for (long? start = 0; start is { } offset;)
        {
            page.StartAt(offset);
            var (items, total, next) = await ReadPageAsync(page, cancellationToken).ConfigureAwait(false);
            if (IdsOf(items, IdField, isRequired: false) is not null)
            {
                items = newItems.Of(items);
            }
            else
            {
                sameItems.Check(items, isBounded: total is not null);
            }

            foreach (var item in items)
            {
                yield return item;
            }

            start = next ?? (offset + PageSize < total ? offset + PageSize : null);
            if (start <= offset)
            {
                throw NoProgress();
            }
        }
    }

    private async Task<(IReadOnlyList<JToken> Items, long? Total, long? Next)> ReadPageAsync(
        ListParameters page,
        CancellationToken cancellationToken
    )
    {
        var call = new CallContext(operation, new ParameterObject(page.ToObject()));
        var response = await pipeline.SendAsync<Bitrix24Response<JToken>>(call, cancellationToken).ConfigureAwait(false);
        var items = ItemList.Find(response.Result, options.ItemsPath) ?? throw TransportErrors.NoItems(Errors(), options.ItemsPath);
        return (items, response.Total, response.Next);
    }

    /// <returns>The ids of all items; <see langword="null"/> if items have none and need none.</returns>
    private List<long>? IdsOf(IReadOnlyList<JToken> items, string idField, bool isRequired)
    {
        var ids = new List<long>(items.Count);
        foreach (var item in items)
        {
            if (IdOf(item, idField) is { } id)
            {
                ids.Add(id);
            }
            else if (isRequired)
            {
                throw TransportErrors.NoItemId(Errors(), idField);
            }
            else
            {
                return null;
            }
        }

        return ids;
    }

    private static long? IdOf(JToken item, string idField) =>
        (item as JObject)?.Property(idField, StringComparison.OrdinalIgnoreCase)?.Value is JValue { Value: not null } value
        && long.TryParse(
            value.ToString(CultureInfo.InvariantCulture),
            NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture,
            out var id
        )
            ? id
            : null;

    private TItem Convert<TItem>(JToken item)
    {
        if (item is TItem token)
        {
            return token;
        }

        try
        {
            return item.ToObject<TItem>(Json.Serializer) ?? throw new JsonSerializationException("The item is null.");
        }
        catch (Exception exception)
        {
            throw TransportErrors.ResultOfAnotherType(
                Errors(),
                HttpStatusCode.OK,
                typeof(TItem),
                (exception as JsonSerializationException)?.Path ?? item.Path
            );
        }
    }

    private Bitrix24TransportException NoProgress() => TransportErrors.NoProgress(Errors());

    private ErrorContext Errors() => pipeline.ErrorsOf(operation);
}
