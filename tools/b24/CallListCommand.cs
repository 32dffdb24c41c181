using System.CommandLine;
using Newtonsoft.Json.Linq;

namespace Bitrix24.CommandLine;

/// <summary>The command <c>b24 calllist</c>.</summary>
internal static class CallListCommand
{
    public static Command Create(PortalOptions portal) => new("calllist", "Call lists: lists of contacts or companies that are to be called.")
    {
        Add(portal), Get(portal), List(portal), Items(portal), Statuses(portal), Update(portal), ImportCommand.Create(portal),
    };

    private static Command Add(PortalOptions portal)
    {
        var (type, ids, webform) = (CallListOptions.Type("What the ids belong to."), CallListOptions.Ids(), CallListOptions.Webform());
        var command = new Command("add", "Creates a call list. Not idempotent: run twice, it makes two.\n\nExample:\n  b24 calllist add --demo --type contact --ids 9,17,19 --webform 1") { type, ids, webform };
        portal.AddTo(command);
        portal.SetAction(command, async (bitrix24, result, report, cancellationToken) =>
        {
            var made = await bitrix24.AddCallListAsync(
                new AddCallListRequest
                {
                    EntityType = CallListOptions.EntityTypes[result.GetRequiredValue(type)],
                    Entities = result.GetRequiredValue(ids),
                    WebformId = result.GetValue(webform),
                },
                cancellationToken).ConfigureAwait(false);

            report.Result(
                new JObject { ["id"] = made.Result, ["portalSeconds"] = made.Time?.DurationSeconds },
                FormattableString.Invariant($"Created call list {made.Result}. The portal took {Report.Seconds(made.Time?.DurationSeconds)}."));
        });
        return command;
    }

    private static Command Get(PortalOptions portal)
    {
        var id = CallListOptions.Id();
        var command = new Command("get", "Shows a call list.\n\nExample:\n  b24 calllist get 1 --demo") { id };
        portal.AddTo(command);
        portal.SetAction(command, DemoPortal.WithLists, async (bitrix24, result, report, cancellationToken) =>
        {
            var list = (await bitrix24.GetCallListAsync(new GetCallListRequest { Id = result.GetRequiredValue(id) }, cancellationToken).ConfigureAwait(false)).Result;
            report.Rows(ListColumns, [Row(list.Id, list.DateCreate, list.CreatedById, list.WebformId, list.EntityTypeId)]);
        }, isRepeatable: true);
        return command;
    }

    private static Command List(PortalOptions portal)
    {
        var type = CallListOptions.Type("Only lists of this kind.", required: false);
        var webform = new Option<long?>("--webform") { Description = "Only lists with this CRM form.", HelpName = "id" };
        var createdBy = new Option<long?>("--created-by") { Description = "Only lists that this user made.", HelpName = "id" };
        var after = new Option<long?>("--after") { Description = "Only lists with a greater id.", HelpName = "id" };
        var newest = new Option<bool>("--newest-first") { Description = "The greatest id first." };
        var limit = new Option<int?>("--limit") { Description = "At most so many lists. Default: all.", HelpName = "number" };
        var command = new Command("list", "Shows the call lists.\n\nExample:\n  b24 calllist list --demo --type contact --newest-first --limit 10") { type, webform, createdBy, after, newest, limit };
        portal.AddTo(command);
        portal.SetAction(command, DemoPortal.WithLists, async (bitrix24, result, report, cancellationToken) =>
        {
            var filter = new CallListFilter();
            AddIf(filter, CallListFilterField.EntityTypeId, result.GetValue(type) switch { "contact" => 3, "company" => 4, _ => null });
            AddIf(filter, CallListFilterField.WebformId, result.GetValue(webform));
            AddIf(filter, CallListFilterField.CreatedById, result.GetValue(createdBy));
            if (result.GetValue(after) is { } least)
            {
                filter.MoreThan(CallListFilterField.Id, least);
            }

            var order = new CallListOrder().By(CallListField.Id, result.GetValue(newest) ? SortDirection.Descending : SortDirection.Ascending);
            var lists = bitrix24.EnumerateCallListsAsync(new ListCallListsRequest { Filter = filter, Order = order }, cancellationToken);
            await report.RowsAsync(
                ListColumns,
                lists.Take(result.GetValue(limit) ?? int.MaxValue).Select(list => Row(list.Id, list.DateCreate, list.CreatedById, list.WebformId, list.EntityTypeId))).ConfigureAwait(false);
        }, isRepeatable: true);
        return command;
    }

    private static Command Items(PortalOptions portal)
    {
        var id = CallListOptions.Id();
        var status = new Option<string?>("--status") { Description = "Only members with this status, for example IN_WORK.", HelpName = "status" };
        var command = new Command("items", "Shows the members of a call list.\n\nExample:\n  b24 calllist items 1 --demo --status IN_WORK") { id, status };
        portal.AddTo(command);
        portal.SetAction(command, DemoPortal.WithLists, async (bitrix24, result, report, cancellationToken) =>
        {
            var request = new ListCallListItemsRequest
            {
                ListId = result.GetRequiredValue(id),
                Filter = result.GetValue(status) is { } wanted ? new CallListItemFilter { Status = new CallListItemStatus(wanted) } : null,
            };
            await report.RowsAsync(
                ["id", "status", "type"],
                bitrix24.EnumerateCallListItemsAsync(request, cancellationToken).Select(item => new JObject { ["id"] = item.Id, ["status"] = item.Status.Value, ["type"] = TypeName(item.EntityType) })).ConfigureAwait(false);
        }, isRepeatable: true);
        return command;
    }

    private static Command Statuses(PortalOptions portal)
    {
        var command = new Command("statuses", "Shows the statuses that members can have.\n\nExample:\n  b24 calllist statuses --demo");
        portal.AddTo(command);
        portal.SetAction(command, async (bitrix24, _, report, cancellationToken) =>
        {
            var statuses = (await bitrix24.ListCallListStatusesAsync(cancellationToken).ConfigureAwait(false)).Result;
            report.Rows(["status", "name", "sort"], statuses.Select(status => new JObject { ["status"] = status.StatusId.Value, ["name"] = status.Name, ["sort"] = status.Sort }));
        }, isRepeatable: true);
        return command;
    }

    private static Command Update(PortalOptions portal)
    {
        var (id, type, ids, webform) = (CallListOptions.Id(), CallListOptions.Type("What the ids belong to; the kind of a list cannot be changed."), CallListOptions.Ids(), CallListOptions.Webform());
        var clear = new Option<bool>("--clear-webform") { Description = "The list is to have no CRM form from now on." };
        var command = new Command("update", "Replaces the members and the CRM form of a call list.\n\nExample:\n  b24 calllist update 1 --demo --type contact --ids 9,17 --webform 5") { id, type, ids, webform, clear };
        portal.AddTo(command);
        portal.SetAction(command, DemoPortal.WithLists, async (bitrix24, result, report, cancellationToken) =>
        {
            if (result.GetValue(webform) is null != result.GetValue(clear))
            {
                throw new UsageException("Give one of --webform and --clear-webform: left out, the form would be cleared.");
            }

            var request = new UpdateCallListRequest
            {
                ListId = result.GetRequiredValue(id),
                EntityType = CallListOptions.EntityTypes[result.GetRequiredValue(type)],
                Entities = result.GetRequiredValue(ids),
                WebformId = result.GetValue(webform),
                ClearWebform = result.GetValue(clear),
            };
            var updated = await bitrix24.UpdateCallListAsync(request, cancellationToken).ConfigureAwait(false);
            report.Result(
                new JObject { ["id"] = request.ListId, ["portalSeconds"] = updated.Time?.DurationSeconds },
                FormattableString.Invariant($"Updated call list {request.ListId}. The portal took {Report.Seconds(updated.Time?.DurationSeconds)}."));
        }, isRepeatable: true);
        return command;
    }

    private static readonly string[] ListColumns = ["id", "created", "createdBy", "webform", "type"];

    private static JObject Row(long? id, string? created, long? createdBy, long? webform, long? type) =>
        new() { ["id"] = id, ["created"] = created, ["createdBy"] = createdBy, ["webform"] = webform, ["type"] = TypeName(type) };

    private static string? TypeName(long? type) => type switch
    {
        3 => "contact",
        4 => "company",
        _ => type?.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    private static void AddIf(CallListFilter filter, CallListFilterField field, long? value)
    {
        if (value is { } given)
        {
            filter.Equal(field, given);
        }
    }
}
