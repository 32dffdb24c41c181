using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Bitrix24.CommandLine;

/// <summary>Creates the arguments and options that several commands of <c>b24 calllist</c> share.</summary>
internal static class CallListOptions
{
    public static IReadOnlyDictionary<string, CallListEntityType> EntityTypes { get; } =
        new Dictionary<string, CallListEntityType>(StringComparer.OrdinalIgnoreCase)
        {
            ["contact"] = CallListEntityType.Contact,
            ["company"] = CallListEntityType.Company,
        };

    public static Argument<long> Id() => new("id") { Description = "The id of the call list." };

    public static Option<string> Type(string description, bool required = true)
    {
        var type = new Option<string>("--type") { Description = description, Required = required };
        type.AcceptOnlyFromAmong([.. EntityTypes.Keys]);
        return type;
    }

    public static Option<long[]> Ids() => new("--ids")
    {
        Description = "The ids of the contacts or companies, separated by commas.",
        Required = true,
        CustomParser = ParseIds,
        HelpName = "id,id,...",
    };

    public static Option<long?> Webform() =>
        new("--webform") { Description = "The id of the webform that is shown during a call.", HelpName = "id" };

    /// <summary>Parses ids and adds them to a list.</summary>
    /// <returns>The first text that is not an id, or <see langword="null"/> if all are ids.</returns>
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

    private static long[] ParseIds(ArgumentResult result)
    {
        var ids = new List<long>();
        if (ReadIds(result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries)), ids) is not null)
        {
            var position = ids.Count + 1;
            result.AddError(FormattableString.Invariant($"Value {position} of --ids is not an id. Use numbers separated by commas."));
        }

        return [.. ids];
    }
}
