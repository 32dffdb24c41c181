using System.Globalization;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Testing;

/// <summary>Contains the methods that describe the caller, the application and the portal, and the departments.</summary>
internal static class BasicMethods
{
    private static readonly string[] ScopeNames = ["crm", "department", "user"];
    private static readonly string[] CommonNames = ["app.info", "batch", "methods", "profile", "scope", "server.time"];
    private static readonly string[] ScopedNames =
    [
        "crm.calllist.add", "crm.calllist.get", "crm.calllist.items.get", "crm.calllist.list", "crm.calllist.statuslist",
        "crm.calllist.update", "department.get", "user.current",
    ];

    internal static object Profile(Caller caller) => new JObject
    {
        ["ID"] = caller.UserId.ToString(CultureInfo.InvariantCulture),
        ["ADMIN"] = true,
        ["NAME"] = "Simulated",
        ["LAST_NAME"] = "User",
        ["PERSONAL_GENDER"] = string.Empty,
        ["TIME_ZONE"] = string.Empty,
    };

    internal static object ServerTime(TimeProvider timeProvider) =>
        timeProvider.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    internal static object Scopes() => new JArray(ScopeNames.ToArray<object>());

    internal static object Methods(MethodParameters parameters)
    {
        var names = parameters["scope"]?.ToString() switch
        {
            null => CommonNames.Concat(ScopedNames),
            "" => CommonNames,
            var scope => ScopedNames.Where(name => name.StartsWith(scope + ".", StringComparison.Ordinal)),
        };
        return new JArray(names.ToArray<object>());
    }

    internal static object CurrentUser(Caller caller) => new JObject
    {
        ["ID"] = caller.UserId.ToString(CultureInfo.InvariantCulture),
        ["ACTIVE"] = true,
        ["NAME"] = "Simulated",
        ["LAST_NAME"] = "User",
        ["UF_DEPARTMENT"] = new JArray(1),
    };

    internal static object Departments(MethodParameters parameters)
    {
        var isFirst = parameters["ID"] is null || parameters["ID"]!.ToString() == "1";
        JArray rows = isFirst ? [new JObject { ["ID"] = "1", ["NAME"] = "Simulated", ["SORT"] = 500 }] : [];
        return new SimulatedResponse { Result = rows, Total = rows.Count };
    }

    internal static object Application() => new JObject
    {
        ["ID"] = 1,
        ["CODE"] = "app.simulated",
        ["VERSION"] = 1,
        ["STATUS"] = "L",
        ["INSTALLED"] = true,
        ["PAYMENT_EXPIRED"] = "N",
        ["DAYS"] = null,
        ["LANGUAGE_ID"] = "en",
    };
}
