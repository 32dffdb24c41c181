using System.Globalization;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Testing;

/// <summary>The methods <c>crm.calllist.*</c>. Each answers a result or a <see cref="PortalError"/>.</summary>
internal sealed class CallListMethods(SimulatedPortal portal, SimulatedPortalOptions options)
{
    private readonly object sync = new();
    private readonly List<SimulatedCallList> made = [];

    internal IReadOnlyList<SimulatedCallList> Made
    {
        get
        {
            lock (sync)
            {
                return made.ToArray();
            }
        }
    }

    /// <summary>The checks stand in the order in which the portal makes them.</summary>
    internal object Add(JObject parameters)
    {
        if ((Missing(parameters, "ENTITY_TYPE") ?? Missing(parameters, "ENTITIES")) is { } missing)
        {
            return missing;
        }

        // A map is an array, too, where the portal comes from.
        if (parameters["ENTITIES"] is not JContainer array)
        {
            return new PortalError(400, "ENTITIES_ERROR", "Entities is not array");
        }

        var entityType = parameters["ENTITY_TYPE"]!.ToString();
        var entities = entityType switch
        {
            "CONTACT" => portal.Contacts,
            "COMPANY" => portal.Companies,
            _ => null,
        };
        if (entities is null)
        {
            return new PortalError(400, "ENTITY_TYPE_ERROR", "Incorrect entity type");
        }

        var ids = array.Values().Select(Id).ToList();
        if (ids.Count == 0)
        {
            return new PortalError(400, "ENTITIES_ERROR", "Incorrect entities id");
        }

        // The portal counts what it finds: a repeated id is found once.
        if (ids.Distinct().Count(entities.Exists) != ids.Count)
        {
            return new PortalError(400, "ENTITY_ERROR", "Incorrect entities id");
        }

        var readable = ids.Where(entities.MayRead).ToList();
        if (readable.Count == 0)
        {
            return new PortalError(403, "ACCESS_ERROR", "You don't have access to these entities");
        }

        long? webformId = IsSet(parameters, "WEBFORM_ID") ? Id(parameters["WEBFORM_ID"]!) : null;
        if (webformId is { } id && !portal.Webforms.Exists(id))
        {
            return new PortalError(400, "WEBFORM_ERROR", "Incorrect webform id");
        }

        lock (sync)
        {
            var list = new SimulatedCallList(made.Count + 1, entityType, readable, webformId, options.TimeProvider.GetUtcNow());
            made.Add(list);
            return list.Id;
        }
    }

    internal object Get(JObject parameters)
    {
        if (Missing(parameters, "ID") is { } missing)
        {
            return missing;
        }

        var id = Id(parameters["ID"]!);
        return Made.FirstOrDefault(list => list.Id == id) is { } found ? Fields(found) : new PortalError(400, "LIST_ID_ERROR", "Incorrect list id");
    }

    /// <summary>Numbers go out as strings, and the date in the portal's time without an offset: so it is.</summary>
    private JObject Fields(SimulatedCallList list) => new()
    {
        ["ID"] = Text(list.Id),
        ["DATE_CREATE"] = list.CreatedAt.ToOffset(options.UtcOffset).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        ["CREATED_BY_ID"] = Text(options.UserId),
        ["WEBFORM_ID"] = list.WebformId is { } webformId ? Text(webformId) : null,
        ["ENTITY_TYPE_ID"] = list.EntityType == "CONTACT" ? "3" : "4",
        ["ENTITY_TYPE"] = list.EntityType,
    };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static PortalError? Missing(JObject parameters, string name) =>
        IsSet(parameters, name) ? null : new PortalError(400, "ERROR_ARGUMENT", name + " is not found");

    private static bool IsSet(JObject parameters, string name) => parameters[name] is { Type: not JTokenType.Null };

    /// <summary>A number or a string of digits; everything else is the id of nothing.</summary>
    private static long Id(JToken token) =>
        token is JValue && long.TryParse(token.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0;
}
