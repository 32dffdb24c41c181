using System.CommandLine;
using System.Text.RegularExpressions;

namespace Bitrix24.CommandLine;

/// <summary>Takes secrets out of messages that repeat what somebody has typed where it does not belong.</summary>
internal static partial class TypedSecrets
{
    private const string Hidden = "***";

    /// <summary>An address, also as part of a path: that of a webhook carries its code.</summary>
    public static string Hide(string message) => Address().Replace(message, Hidden);

    /// <summary>Of options that there are not, the values too: one of them could be meant for a token.</summary>
    public static string Hide(string message, ParseResult parsed) =>
        Hide(ValuesOfUnknownOptions(parsed.UnmatchedTokens).Aggregate(message, (text, value) => text.Replace($"{value}'", $"{Hidden}'", StringComparison.Ordinal)));

    private static IEnumerable<string> ValuesOfUnknownOptions(IReadOnlyList<string> tokens)
    {
        var isValue = false;
        foreach (var token in tokens)
        {
            var isOption = token.StartsWith('-');
            if (isOption && token.IndexOfAny(['=', ':']) is var end and > 0)
            {
                yield return token[(end + 1)..];
            }
            else if (isValue && !isOption)
            {
                yield return token;
            }

            isValue = isOption;
        }
    }

    [GeneratedRegex(@"[^\s'""]*(://(?!\{)|rest/(api/)?[0-9]+/)[^\s'""]*", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();
}
