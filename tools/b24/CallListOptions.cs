using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Bitrix24.CommandLine;

/// <summary>What several commands of <c>b24 calllist</c> are told in the same way.</summary>
internal static class CallListOptions
{
    public static IReadOnlyDictionary<string, CallListEntityType> EntityTypes { get; } = new Dictionary<string, CallListEntityType>(StringComparer.OrdinalIgnoreCase)
    {
        ["contact"] = CallListEntityType.Contact,
        ["company"] = CallListEntityType.Company,
    };

    public static Argument<long> Id() => new("id") { Description = "Id of the call list." };

    public static Option<string> Type(string description, bool required = true)
    {
        var type = new Option<string>("--type") { Description = description, Required = required };
        type.AcceptOnlyFromAmong([.. EntityTypes.Keys]);
        return type;
    }

    public static Option<long[]> Ids() => new("--ids") { Description = "Ids of the contacts or companies, separated by commas.", Required = true, CustomParser = ParsedIds, HelpName = "id,id,..." };

    public static Option<long?> Webform() => new("--webform") { Description = "Id of the CRM form that is shown during a call.", HelpName = "id" };

    /// <summary>Reads ids.</summary>
    /// <returns>The first text that is no id; <see langword="null"/> when all are.</returns>
    public static string? ReadIds(IEnumerable<string> texts, List<long> ids)
    {
        foreach (var text in texts)
        {
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                return text;
            }

            ids.Add(id);
        }

        return null;
    }

    private static long[] ParsedIds(ArgumentResult result)
    {
        var ids = new List<long>();
        if (ReadIds(result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries)), ids) is not null)
        {
            var position = ids.Count + 1;
            result.AddError(FormattableString.Invariant($"Value {position} of --ids is not an id. Give numbers separated by commas."));
        }

        return [.. ids];
    }
}
