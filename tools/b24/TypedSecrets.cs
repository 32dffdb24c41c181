using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;

namespace Bitrix24.CommandLine;

/// <summary>
/// Removes from messages what was typed in the wrong place and may be a secret: addresses, settings, and every value except numbers, names
/// of files, and what is a word of the tool or nearly one.
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
        value.All(char.IsAsciiDigit) || UnknownOption().IsMatch(value) || IsFile(value) || words.Any(word => IsNearly(word, value));

    /// <summary>Whether it is a file or a folder, or has the name of a file in a folder that there is.</summary>
    private static bool IsFile(string value) =>
        Path.Exists(value)
        || (Extensions.Contains(Path.GetExtension(value), StringComparer.OrdinalIgnoreCase) && Path.GetDirectoryName(value) is { } folder
            && (folder.Length == 0 || Directory.Exists(folder)));

    /// <summary>The names of the commands and options, and the values that options are limited to.</summary>
    private static IEnumerable<string> Words(Command command) =>
        command.Options.Select(option => option.Name.TrimStart('-'))
            .Concat(command.Options.SelectMany(option => option.GetCompletions(CompletionContext.Empty)).Select(completion => completion.Label))
            .Append(command.Name)
            .Concat(command.Subcommands.SelectMany(Words));

    /// <summary>Whether at most one character was changed, left out or added.</summary>
    private static bool IsNearly(string word, string value)
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

    /// <summary>The name of an option that there is not, without a value.</summary>
    [GeneratedRegex("^--[a-z-]+[=:]?$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UnknownOption();

    /// <summary>Also as part of a path: that of a webhook carries its code.</summary>
    [GeneratedRegex(@"[^\s'""]*(://(?!\{)|rest/(api/)?[0-9]+/)[^\s'""]*", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();

    /// <summary>A line of a file of settings, or of a shell.</summary>
    [GeneratedRegex(@"(?<=BITRIX24_[A-Z_]+=)[^\s'""]+", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Setting();
}
