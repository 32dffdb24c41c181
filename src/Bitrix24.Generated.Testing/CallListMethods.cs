using System.Globalization;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Testing;

/// <summary>Contains the methods <c>crm.calllist.*</c>. Each returns a result or a <see cref="PortalError"/>.</summary>
internal sealed class CallListMethods(SimulatedPortal portal, SimulatedPortalOptions options)
{
    private const int PageSize = 50;

    private static readonly string[] FieldNames = ["ID", "DATE_CREATE", "CREATED_BY_ID", "WEBFORM_ID", "ENTITY_TYPE_ID"];
    private static readonly string[] Comparisons = [">=", ">", "<=", "<", "!@", "!=", "!", "@", "=", ""];
    private static readonly (string Status, string Name)[] Statuses =
    [
        ("IN_WORK", "In Progress"), ("SUCCESS", "Successful"), ("WRONG_NUMBER", "Wrong Number"), ("STOP_CALLING", "Do Not Call Again"),
    ];

    private readonly object sync = new();
    private readonly List<SimulatedCallList> created = [];

    internal IReadOnlyList<SimulatedCallList> Created
    {
        get
        {
            lock (sync)
            {
                return created.ToArray();
            }
        }
    }

    /// <summary>Creates a call list. The checks are in the order of a real portal.</summary>
    internal object Add(Caller caller, MethodParameters parameters)
    {
        if ((parameters.Missing("ENTITY_TYPE") ?? parameters.Missing("ENTITIES")) is { } missing)
        {
            return missing;
        }

        // A map is also an array in PHP.
        if (parameters["ENTITIES"] is not JContainer array)
        {
            return new PortalError(400, "ENTITIES_ERROR", "Entities is not array");
        }

        var entityType = parameters["ENTITY_TYPE"]!.ToString();
        if (EntitiesOf(entityType) is not { } entities)
        {
            return new PortalError(400, "ENTITY_TYPE_ERROR", "Incorrect entity type");
        }

        var ids = array.Values().Select(MethodParameters.IdOf).ToList();
        if (ids.Count == 0)
        {
            return new PortalError(400, "ENTITIES_ERROR", "Incorrect entities id");
        }

        // The portal counts the entities that it finds. It finds a repeated id once.
        if (ids.Distinct().Count(entities.Exists) != ids.Count)
        {
            return new PortalError(400, "ENTITY_ERROR", "Incorrect entities id");
        }

        var readable = ids.Where(id => entities.MayRead(caller.UserId, id)).ToList();
        if (readable.Count == 0)
        {
            return new PortalError(403, "ACCESS_ERROR", "You don't have access to these entities");
        }

        if (WrongWebform(parameters, out var webformId) is { } wrong)
        {
            return wrong;
        }

        lock (sync)
        {
            var createdAt = options.TimeProvider.GetUtcNow();
            created.Add(new SimulatedCallList(created.Count + 1, entityType, readable, webformId, createdAt)
            {
                CreatedById = caller.UserId,
            });
            return created[^1].Id;
        }
    }

    internal object Get(MethodParameters parameters)
    {
        if (parameters.Missing("ID") is { } missing)
        {
            return missing;
        }

        var id = parameters.Id("ID");
        return Created.FirstOrDefault(list => list.Id == id) is { } found
            ? Fields(found)
            : new PortalError(400, "LIST_ID_ERROR", "Incorrect list id");
    }

    internal object List(MethodParameters parameters)
    {
        var select = parameters["SELECT"] is JArray fields ? fields.Select(field => field.ToString()).ToArray() : FieldNames;
        var filter = parameters["FILTER"] as JObject ?? [];
        var order = parameters["ORDER"] as JObject ?? [];
        var fieldNames = select
            .Concat(filter.Properties().Select(condition => Condition(condition.Name).Field))
            .Concat(order.Properties().Select(field => field.Name));
        if (fieldNames.FirstOrDefault(field => !FieldNames.Contains(field, StringComparer.Ordinal)) is { } unknown)
        {
            var entity = "\\Bitrix\\Crm\\CallList\\Internals\\CallList";
            return new PortalError(400, "100", $"Unknown field definition `{unknown}` ({unknown}) for {entity} Entity.");
        }

        IEnumerable<JObject> rows = Created.Select(Fields).Where(row => filter.Properties().All(condition => Meets(row, condition)));
        IOrderedEnumerable<JObject> sorted = rows.OrderBy(_ => 0);
        foreach (var field in order.Properties())
        {
            sorted = field.Value.ToString() == "DESC"
                ? sorted.ThenByDescending(row => Sortable(row[field.Name]), StringComparer.Ordinal)
                : sorted.ThenBy(row => Sortable(row[field.Name]), StringComparer.Ordinal);
        }

        var page = Page(sorted, Start(parameters));
        return new JArray(page.Select(row => new JObject(select.Select(field => new JProperty(field, row[field])))));
    }

    internal object Items(Caller caller, MethodParameters parameters)
    {
        if (parameters.Missing("LIST_ID") is { } missing)
        {
            return missing;
        }

        var id = parameters.Id("LIST_ID");
        if (id < 1)
        {
            return new PortalError(400, "LIST_ID_ERROR", "List id should be positive");
        }

        if (Created.FirstOrDefault(list => list.Id == id) is not { } found)
        {
            return new PortalError(400, "LIST_ID_ERROR", "Call list is not found");
        }

        var status = (parameters["FILTER"] as JObject)?["STATUS"]?.ToString();
        if (status is not null && !Statuses.Any(known => known.Status == status))
        {
            return new PortalError(400, "STATUS_ERROR", "Incorrect status");
        }

        // A real portal cuts the page before it removes unreadable items. An empty page is an error.
        var entities = EntitiesOf(found.EntityType)!;
        var items = Page(found.Entities.Where(_ => status is null or "IN_WORK"), Start(parameters));
        var page = items.Where(id => entities.MayRead(caller.UserId, id)).ToList();
        return page.Count == 0
            ? new PortalError(403, "ACCESS_ERROR", "You do not have access to the participants of this call list")
            : new JArray(page.Select(id => new JObject
            {
                ["ID"] = id,
                ["STATUS"] = "IN_WORK",
                ["ENTITY_TYPE"] = found.EntityType == "CONTACT" ? 3 : 4,
            }));
    }

    internal static object StatusList() =>
        new JArray(Statuses.Select((status, index) => new JObject
        {
            ["ID"] = 61 + (2 * index),
            ["NAME"] = status.Name,
            ["SORT"] = 10 * (index + 1),
            ["STATUS_ID"] = status.Status,
        }));

    internal object Update(Caller caller, MethodParameters parameters)
    {
        if ((parameters.Missing("LIST_ID") ?? parameters.Missing("ENTITY_TYPE") ?? parameters.Missing("ENTITIES")) is { } missing)
        {
            return missing;
        }

        if (parameters["ENTITIES"] is not JContainer array)
        {
            return new PortalError(400, "ENTITIES_ERROR", "Entities is not array");
        }

        var entityType = parameters["ENTITY_TYPE"]!.ToString();
        if (EntitiesOf(entityType) is not { } entities)
        {
            return new PortalError(400, "ENTITY_TYPE_ERROR", "EntityType is incorrect");
        }

        if (entities.IsHidden(caller.UserId))
        {
            return new PortalError(403, "ACCESS_ERROR", "Access Denied");
        }

        var ids = array.Values().Select(MethodParameters.IdOf).ToList();
        if (ids.Count == 0 || ids.Distinct().Count(entities.Exists) != ids.Count)
        {
            return new PortalError(400, "ENTITIES_ERROR", "Incorrect entities id");
        }

        lock (sync)
        {
            var index = created.FindIndex(list => list.Id == parameters.Id("LIST_ID"));
            if (index < 0)
            {
                return new PortalError(400, "LIST_ID_ERROR", "Incorrect list id or access denied");
            }

            if (created[index].EntityType != entityType)
            {
                return new PortalError(400, "ENTITY_TYPE_ERROR", "Discrepancy between the type of call participants and incoming type");
            }

            if (WrongWebform(parameters, out var webformId) is { } wrong)
            {
                return wrong;
            }

            created[index] = created[index] with { Entities = ids, WebformId = webformId };
            return true;
        }
    }

    /// <summary>
    /// Returns the fields as a real portal does: numbers as strings, and the date in the portal's time without an offset.
    /// </summary>
    private JObject Fields(SimulatedCallList list) => new()
    {
        ["ID"] = Text(list.Id),
        ["DATE_CREATE"] = list.CreatedAt.ToOffset(options.UtcOffset).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        ["CREATED_BY_ID"] = Text(list.CreatedById),
        ["WEBFORM_ID"] = list.WebformId is { } webformId ? Text(webformId) : null,
        ["ENTITY_TYPE_ID"] = list.EntityType == "CONTACT" ? "3" : "4",
        ["ENTITY_TYPE"] = list.EntityType,
    };

    private PortalError? WrongWebform(MethodParameters parameters, out long? webformId)
    {
        webformId = parameters["WEBFORM_ID"] is null ? null : parameters.Id("WEBFORM_ID");
        return webformId is { } id && !portal.Webforms.Exists(id) ? new PortalError(400, "WEBFORM_ERROR", "Incorrect webform id") : null;
    }

    private SimulatedEntitySet? EntitiesOf(string entityType) => entityType switch
    {
        "CONTACT" => portal.Contacts,
        "COMPANY" => portal.Companies,
        _ => null,
    };

    private static bool Meets(JObject row, JProperty condition)
    {
        var (comparison, field) = Condition(condition.Name);
        var value = Number(row[field]);
        return comparison switch
        {
            "@" => condition.Value.Any(element => Number(element) == value),
            "!@" => condition.Value.All(element => Number(element) != value),
            ">=" => value >= Number(condition.Value),
            ">" => value > Number(condition.Value),
            "<=" => value <= Number(condition.Value),
            "<" => value < Number(condition.Value),
            "!=" or "!" => value != Number(condition.Value),
            _ => value == Number(condition.Value),
        };
    }

    private static (string Comparison, string Field) Condition(string key)
    {
        var comparison = Comparisons.First(prefix => key.StartsWith(prefix, StringComparison.Ordinal));
        return (comparison, key[comparison.Length..]);
    }

    private static long? Number(JToken? token) =>
        long.TryParse(token?.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Sortable(JToken? token) =>
        Number(token) is { } number ? number.ToString("D20", CultureInfo.InvariantCulture) : token?.ToString() ?? string.Empty;

    private static long Start(MethodParameters parameters) => Number(parameters["start"]) ?? 0;

    private static IEnumerable<T> Page<T>(IEnumerable<T> rows, long start) => start < 0 ? rows : rows.Skip((int)start).Take(PageSize);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
