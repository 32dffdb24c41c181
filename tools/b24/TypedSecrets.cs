using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;

namespace Bitrix24.CommandLine;

/// <summary>
/// Removes arguments from messages that may be secrets typed in the wrong place: addresses, settings, and every value except numbers, file
/// names and words close to a word of the tool.
/// </summary>
internal sealed partial class TypedSecrets(ParseResult parsed)
{
    private const string Hidden = "***";

    private static readonly char[] Separators = [',', ';', '=', ':', '/', '\\', ' '];

    private static readonly string[] Extensions = [".csv", ".env", ".json", ".jsonl", ".md", ".tsv", ".txt", ".yaml", ".yml"];

    public string Hide(string message)
    {
        string[] words = [.. Words(parsed.RootCommandResult.Command)];
        var values = parsed.Tokens
            .Where(token => token.Type != TokenType.Option && !IsHarmless(token.Value, words))
            .SelectMany(token => token.Value.Split(Separators).Append(token.Value))
            .Where(value => value.Length > 0 && !IsHarmless(value, words))
            .Distinct(StringComparer.Ordinal)
            .OrderByDescending(value => value.Length);
        return Setting().Replace(Address().Replace(values.Aggregate(message, HideWord), Hidden), Hidden);
    }

    private static string HideWord(string text, string word) =>
        Regex.Replace(text, $@"(?<!\w){Regex.Escape(word)}(?!\w)", Hidden, RegexOptions.None, TimeSpan.FromSeconds(1));

    private static bool IsHarmless(string value, string[] words) =>
        value.All(char.IsAsciiDigit) || UnknownOption().IsMatch(value) || IsFile(value) || words.Any(word => IsSimilar(word, value));

    /// <summary>Returns whether a value is a file, a folder, or the name of a file in an existing folder.</summary>
    private static bool IsFile(string value) =>
        Path.Exists(value)
        || (Extensions.Contains(Path.GetExtension(value), StringComparer.OrdinalIgnoreCase) && Path.GetDirectoryName(value) is { } folder
            && (folder.Length == 0 || Directory.Exists(folder)));

    /// <summary>Returns the names of the commands and options, and the allowed values of options.</summary>
    private static IEnumerable<string> Words(Command command) =>
        command.Options.Select(option => option.Name.TrimStart('-'))
            .Concat(command.Options
                .SelectMany(option => option.GetCompletions(CompletionContext.Empty))
                .Select(completion => completion.Label))
            .Append(command.Name)
            .Concat(command.Subcommands.SelectMany(Words));

    /// <summary>Returns whether two words differ in at most one changed, omitted or added character.</summary>
    private static bool IsSimilar(string word, string value)
    {
        var start = word.AsSpan().CommonPrefixLength(value);
        var least = Math.Min(word.Length, value.Length);
        var end = 0;
        while (end < least - start && word[^(end + 1)] == value[^(end + 1)])
        {
            end++;
        }

        return Math.Max(word.Length, value.Length) - start - end <= 1;
    }

    /// <summary>Matches the name of an unknown option, without a value.</summary>
    [GeneratedRegex("^--[a-z-]+[=:]?$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UnknownOption();

    /// <summary>Matches an address, also as part of a path: the path of a webhook contains its code.</summary>
    [GeneratedRegex(
        @"[^\s'""]*(://(?!\{)|rest/(api/)?[0-9]+/)[^\s'""]*",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();

    /// <summary>Matches the value of a variable in a settings file or a shell.</summary>
    [GeneratedRegex(@"(?<=BITRIX24_[A-Z_]+=)[^\s'""]+", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Setting();
}
