namespace Bitrix24.Benchmarks.Stock;

/// <content>The client that NSwag generates with its own templates and options.</content>
public partial class StockClient : ICandidate
{
    string ICandidate.Name => "stock NSwag";

    async Task<long> ICandidate.AddAsync(IReadOnlyList<long> ids) =>
        (
            await AddCallListAsync(
                new AddCallListRequest
                {
                    ENTITY_TYPE = CallListEntityType.Contact,
                    ENTITIES = (ICollection<long>)ids,
                    WEBFORM_ID = 1,
                }
            )
        ).Result;
}
