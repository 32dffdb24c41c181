using System.Globalization;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Testing;

/// <summary>Contains the other methods that the reference uses in its examples of batches.</summary>
internal static class BasicMethods
{
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
