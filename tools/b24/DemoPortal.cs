using Bitrix24.Testing;

namespace Bitrix24.CommandLine;

/// <summary>What <c>--demo</c> runs on.</summary>
internal static class DemoPortal
{
    public const string Description = "contacts and companies 1 to 20, CRM forms 1 and 5";

    public static SimulatedPortal Start()
    {
        var portal = SimulatedPortal.Start();
        long[] ids = [.. Enumerable.Range(1, 20)];
        portal.Contacts.Add(ids);
        portal.Companies.Add(ids);
        portal.Webforms.Add(1, 5);
        return portal;
    }

    /// <summary>For commands that show what is there: a list of contacts and one of companies.</summary>
    public static async Task WithLists(SimulatedPortal portal)
    {
        var bitrix24 = Bitrix24Client.Create(portal.WebhookUrl);
        await bitrix24.AddCallListAsync(new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = [9, 17, 19], WebformId = 1 }).ConfigureAwait(false);
        await bitrix24.AddCallListAsync(new AddCallListRequest { EntityType = CallListEntityType.Company, Entities = [1, 2] }).ConfigureAwait(false);
    }
}
