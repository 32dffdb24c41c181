using Bitrix24.Operations;
using Bitrix24.Pipeline;

namespace Bitrix24;

/// <content>A call list with a look at its members.</content>
public sealed partial class Bitrix24Client
{
    /// <inheritdoc/>
    public async Task<VerifiedCallList> AddCallListAndVerifyAsync(AddCallListRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ((IRequest)request).Validate();
        var entities = request.Entities.ToArray();
        var missing = new HashSet<long>(entities);
        var created = await pipeline.SendAsync<AddCallListResponse>(new CallContext(AddCallList, request) { IgnoresCancellationOnceSent = true }, cancellationToken).ConfigureAwait(false);
        try
        {
            await foreach (var member in EnumerateCallListItemsAsync(new ListCallListItemsRequest { ListId = created.Result }, cancellationToken).ConfigureAwait(false))
            {
                if (missing.Remove(member.Id) && missing.Count == 0)
                {
                    break;
                }
            }

            return new(created, [.. entities.Where(missing.Contains)]);
        }
        catch (Exception exception)
        {
            // The list is made: its id must not get lost with the failure to look at it.
            return new(created, dropped: null, exception);
        }
    }
}
