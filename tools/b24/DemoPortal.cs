using Bitrix24.Testing;

namespace Bitrix24.CommandLine;

/// <summary>Starts the simulated portal of <c>--demo</c>.</summary>
internal static class DemoPortal
{
    public const string Description = "contacts and companies 1 to 20 and webforms 1 and 5";

    public static SimulatedPortal Start()
    {
        var portal = SimulatedPortal.Start();
        long[] ids = [.. Enumerable.Range(1, 20)];
        portal.Contacts.Add(ids);
        portal.Companies.Add(ids);
        portal.Webforms.Add(1, 5);
        return portal;
    }

    /// <summary>Adds a list of contacts and a list of companies, for commands that show or change lists.</summary>
    public static async Task WithLists(SimulatedPortal portal)
    {
        var bitrix24 = Bitrix24Client.Create(portal.WebhookUrl);
        var contacts = new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = [9, 17, 19], WebformId = 1 };
        var companies = new AddCallListRequest { EntityType = CallListEntityType.Company, Entities = [1, 2] };
        await bitrix24.AddCallListAsync(contacts).ConfigureAwait(false);
        await bitrix24.AddCallListAsync(companies).ConfigureAwait(false);
    }
}
