using Acme.Erp;
using Bitrix24;
using Bitrix24.Testing;

using var portal = SimulatedPortal.Start();
portal.Contacts.Add(9, 17, 19);
IBitrix24Client bitrix24 = Bitrix24Client.Create(portal.WebhookUrl);

AddCallListResponse made = await bitrix24.AddCallListAsync(
    new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = [9, 17] }
);
Console.WriteLine(
    $"created {made.Result} for {portal.CallLists[0].EntityType} {string.Join(", ", portal.CallLists[0].Entities)}; the portal took "
        + $"{(made.Time?.Duration >= TimeSpan.Zero ? "some time" : "an unknown time")}"
);

Console.WriteLine($"pushed {await CallListPusher.Create(portal.WebhookUrl, TimeProvider.System).PushAsync([ [9], [17, 19], [404] ])} of 3");
