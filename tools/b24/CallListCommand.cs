using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Newtonsoft.Json.Linq;

namespace Bitrix24.CommandLine;

/// <summary>The command <c>b24 calllist</c>.</summary>
internal static class CallListCommand
{
    private static readonly Dictionary<string, CallListEntityType> EntityTypes = new(StringComparer.Ordinal)
    {
        ["contact"] = CallListEntityType.Contact,
        ["company"] = CallListEntityType.Company,
    };

    public static Command Create(PortalOptions portal) => new("calllist", "Call lists: lists of contacts or companies that are to be called.") { Add(portal) };

    private static Command Add(PortalOptions portal)
    {
        var type = new Option<string>("--type") { Description = "What the ids belong to.", Required = true };
        type.AcceptOnlyFromAmong([.. EntityTypes.Keys]);
        var ids = new Option<long[]>("--ids") { Description = "Ids of the contacts or companies, separated by commas.", Required = true, CustomParser = Ids, HelpName = "id,id,..." };
        var webform = new Option<long?>("--webform") { Description = "Id of the CRM form that is shown during a call.", HelpName = "id" };

        var command = new Command("add", "Creates a call list. Not idempotent: run twice, it makes two.") { type, ids, webform };
        portal.AddTo(command);
        portal.SetAction(command, async (bitrix24, result, report, cancellationToken) =>
        {
            var made = await bitrix24.AddCallListAsync(
                new AddCallListRequest
                {
                    EntityType = EntityTypes[result.GetRequiredValue(type)],
                    Entities = result.GetRequiredValue(ids),
                    WebformId = result.GetValue(webform),
                },
                cancellationToken).ConfigureAwait(false);

            report.Result(
                new JObject { ["id"] = made.Result, ["portalSeconds"] = made.Time?.Duration },
                FormattableString.Invariant($"Created call list {made.Result}. The portal took {Report.Seconds(made.Time?.Duration)}."));
        });
        return command;
    }

    private static long[] Ids(ArgumentResult result)
    {
        var ids = new List<long>();
        foreach (var text in result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries)))
        {
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                result.AddError($"'{text}' is no id. Give --ids numbers separated by commas, for example 9,17,19.");
                return [];
            }

            ids.Add(id);
        }

        return [.. ids];
    }
}
