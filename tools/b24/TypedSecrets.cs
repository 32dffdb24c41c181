using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;

namespace Bitrix24.CommandLine;

/// <summary>Takes out of messages what somebody has typed where it does not belong, and may be a secret: addresses, settings, and values of options that there are not.</summary>
internal sealed partial class TypedSecrets(ParseResult parsed)
{
    private const string Hidden = "***";

    private readonly string[] values = [.. ValuesOfUnknownOptions(parsed.Tokens).Where(value => value.Length > 0).Distinct(StringComparer.Ordinal)];

    public string Hide(string message) => Setting().Replace(
        Address().Replace(values.Aggregate(message, (text, value) => Regex.Replace(text, $@"(?<!\w){Regex.Escape(value)}(?!\w)", Hidden, RegexOptions.None, TimeSpan.FromSeconds(1))), Hidden),
        Hidden);

    private static IEnumerable<string> ValuesOfUnknownOptions(IReadOnlyList<Token> tokens)
    {
        var isValue = false;
        foreach (var token in tokens)
        {
            var isOption = token.Value.StartsWith('-');
            var isUnknown = isOption && token.Type == TokenType.Argument;
            var end = token.Value.IndexOfAny(['=', ':']);
            if (isUnknown && end > 0)
            {
                yield return token.Value[(end + 1)..];
            }
            else if (isValue && !isOption)
            {
                yield return token.Value;
            }

            isValue = isUnknown && end < 0;
        }
    }

    /// <summary>Also as part of a path: that of a webhook carries its code.</summary>
    [GeneratedRegex(@"[^\s'""]*(://(?!\{)|rest/(api/)?[0-9]+/)[^\s'""]*", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();

    /// <summary>A line of a file of settings, or of a shell.</summary>
    [GeneratedRegex(@"(?<=BITRIX24_[A-Z_]+=)[^\s'""]+", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Setting();
}
