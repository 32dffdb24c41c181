using System.CommandLine;
using Newtonsoft.Json.Linq;

namespace Bitrix24.CommandLine;

/// <summary>Creates the command <c>b24 calllist</c>.</summary>
internal static class CallListCommand
{
    public static Command Create(PortalOptions portal) => new("calllist", "Call lists: lists of contacts or companies to call.")
    {
        Add(portal), Get(portal), List(portal), Items(portal), Statuses(portal), Update(portal), ImportCommand.Create(portal),
    };

    private static Command Add(PortalOptions portal)
    {
        var (type, ids, webform) = (CallListOptions.Type("The type of the entities."), CallListOptions.Ids(), CallListOptions.Webform());
        var command = new Command(
            "add",
            """
            Creates a call list. Not idempotent: if you run it twice, it creates two lists.

            Example:
              b24 calllist add --demo --type contact --ids 9,17,19 --webform 1
            """) { type, ids, webform };
        portal.AddTo(command);
        portal.SetAction(command, async (bitrix24, result, report, cancellationToken) =>
        {
            var response = await bitrix24.AddCallListAsync(
                new AddCallListRequest
                {
                    EntityType = CallListOptions.EntityTypes[result.GetRequiredValue(type)],
                    Entities = result.GetRequiredValue(ids),
                    WebformId = result.GetValue(webform),
                },
                cancellationToken).ConfigureAwait(false);

            report.Result(
                new JObject { ["id"] = response.Result, ["portalSeconds"] = response.Time?.DurationSeconds },
                FormattableString.Invariant(
                    $"Created call list {response.Result}. The portal took {Report.Seconds(response.Time?.DurationSeconds)}."));
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
            var request = new GetCallListRequest { Id = result.GetRequiredValue(id) };
            var list = (await bitrix24.GetCallListAsync(request, cancellationToken).ConfigureAwait(false)).Result;
            report.Rows(ListColumns, [Row(list.Id, list.DateCreate, list.CreatedById, list.WebformId, list.EntityTypeId)]);
        }, isRepeatable: true);
        return command;
    }

    private static Command List(PortalOptions portal)
    {
        var type = CallListOptions.Type("Only lists of this type.", required: false);
        var webform = new Option<long?>("--webform") { Description = "Only lists with this webform.", HelpName = "id" };
        var createdBy = new Option<long?>("--created-by") { Description = "Only lists that this user created.", HelpName = "id" };
        var after = new Option<long?>("--after") { Description = "Only lists with a greater id.", HelpName = "id" };
        var newest = new Option<bool>("--newest-first") { Description = "Shows the greatest id first." };
        var limit = new Option<int?>("--limit") { Description = "The maximum number of lists. Default: all.", HelpName = "number" };
        var command = new Command(
            "list",
            """
            Shows the call lists.

            Example:
              b24 calllist list --demo --type contact --newest-first --limit 10
            """) { type, webform, createdBy, after, newest, limit };
        portal.AddTo(command);
        portal.SetAction(command, DemoPortal.WithLists, async (bitrix24, result, report, cancellationToken) =>
        {
            var filter = new CallListFilter();
            AddIf(filter, CallListFilterField.EntityTypeId, result.GetValue(type) switch { "contact" => 3, "company" => 4, _ => null });
            AddIf(filter, CallListFilterField.WebformId, result.GetValue(webform));
            AddIf(filter, CallListFilterField.CreatedById, result.GetValue(createdBy));
            if (result.GetValue(after) is { } lastId)
            {
                filter.MoreThan(CallListFilterField.Id, lastId);
            }

            var direction = result.GetValue(newest) ? SortDirection.Descending : SortDirection.Ascending;
            var order = new CallListOrder().By(CallListField.Id, direction);
            var lists = bitrix24.EnumerateCallListsAsync(new ListCallListsRequest { Filter = filter, Order = order }, cancellationToken);
            var rows = lists
                .Take(result.GetValue(limit) ?? int.MaxValue)
                .Select(list => Row(list.Id, list.DateCreate, list.CreatedById, list.WebformId, list.EntityTypeId));
            await report.RowsAsync(ListColumns, rows).ConfigureAwait(false);
        }, isRepeatable: true);
        return command;
    }

    private static Command Items(PortalOptions portal)
    {
        var id = CallListOptions.Id();
        var status = new Option<string?>("--status")
        {
            Description = "Only items with this status, for example IN_WORK.",
            HelpName = "status",
        };
        var command = new Command(
            "items",
            """
            Shows the items of a call list.

            Example:
              b24 calllist items 1 --demo --status IN_WORK
            """) { id, status };
        portal.AddTo(command);
        portal.SetAction(command, DemoPortal.WithLists, async (bitrix24, result, report, cancellationToken) =>
        {
            var request = new ListCallListItemsRequest
            {
                ListId = result.GetRequiredValue(id),
                Filter = result.GetValue(status) is { } wanted ? new CallListItemFilter { Status = new CallListItemStatus(wanted) } : null,
            };
            var rows = bitrix24.EnumerateCallListItemsAsync(request, cancellationToken).Select(item =>
                new JObject { ["id"] = item.Id, ["status"] = item.Status.Value, ["type"] = TypeName(item.EntityType) });
            await report.RowsAsync(["id", "status", "type"], rows).ConfigureAwait(false);
        }, isRepeatable: true);
        return command;
    }

    private static Command Statuses(PortalOptions portal)
    {
        var command = new Command("statuses", "Shows the possible statuses of items.\n\nExample:\n  b24 calllist statuses --demo");
        portal.AddTo(command);
        portal.SetAction(command, async (bitrix24, _, report, cancellationToken) =>
        {
            var statuses = (await bitrix24.ListCallListStatusesAsync(cancellationToken).ConfigureAwait(false)).Result;
            report.Rows(["status", "name", "sort"], statuses.Select(status =>
                new JObject { ["status"] = status.StatusId.Value, ["name"] = status.Name, ["sort"] = status.Sort }));
        }, isRepeatable: true);
        return command;
    }

    private static Command Update(PortalOptions portal)
    {
        var type = CallListOptions.Type("The type of the entities. The type of a list cannot be changed.");
        var (id, ids, webform) = (CallListOptions.Id(), CallListOptions.Ids(), CallListOptions.Webform());
        var clear = new Option<bool>("--clear-webform") { Description = "Removes the webform of the list." };
        var command = new Command(
            "update",
            """
            Replaces the items and the webform of a call list.

            Example:
              b24 calllist update 1 --demo --type contact --ids 9,17 --webform 5
            """) { id, type, ids, webform, clear };
        portal.AddTo(command);
        portal.SetAction(command, DemoPortal.WithLists, async (bitrix24, result, report, cancellationToken) =>
        {
            if (result.GetValue(webform) is null != result.GetValue(clear))
            {
                throw new UsageException(
                    "Use either --webform or --clear-webform: without a webform, the update would remove the existing one.");
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
                FormattableString.Invariant(
                    $"Updated call list {request.ListId}. The portal took {Report.Seconds(updated.Time?.DurationSeconds)}."));
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
        if (value is { } number)
        {
            filter.Equal(field, number);
        }
    }
}
