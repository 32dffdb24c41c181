using Bitrix24;

namespace Acme.Erp;

public sealed class CallListPusher(IBitrix24Client bitrix24)
{
    public static CallListPusher Create(string webhookUrl, TimeProvider timeProvider) =>
        new(
            Bitrix24Client.Create(
                new Bitrix24ClientOptions { Credentials = Bitrix24Credentials.Webhook(webhookUrl), TimeProvider = timeProvider }
            )
        );

    public async Task<int> PushAsync(IEnumerable<long[]> contacts)
    {
        var created = 0;
        var requests = contacts.Select(ids => new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = ids });
        await foreach (var outcome in bitrix24.AddCallListsAsync(requests))
        {
            created += outcome.Id is null ? 0 : 1;
        }

        return created;
    }
}
