using Bitrix24.Operations;
using Bitrix24.Pipeline;

namespace Bitrix24;

/// <content>The creation of a call list with verification of its items.</content>
public sealed partial class Bitrix24Client
{
    /// <inheritdoc/>
    public async Task<VerifiedCallList> AddCallListAndVerifyAsync(AddCallListRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ((IRequest)request).Validate();
        var entities = request.Entities.ToArray();
        var missing = new HashSet<long>(entities);
        var call = new CallContext(AddCallList, request) { IgnoresCancellationOnceSent = true };
        var created = await pipeline.SendAsync<AddCallListResponse>(call, cancellationToken).ConfigureAwait(false);
        try
        {
            var items = EnumerateCallListItemsAsync(new ListCallListItemsRequest { ListId = created.Result }, cancellationToken);
            await foreach (var item in items.ConfigureAwait(false))
            {
                if (missing.Remove(item.Id) && missing.Count == 0)
                {
                    break;
                }
            }

            return new(created, [.. entities.Where(missing.Contains)]);
        }
        catch (Exception exception)
        {
            // The list was created. Return its id even if the verification fails.
            return new(created, dropped: null, exception);
        }
    }
}
