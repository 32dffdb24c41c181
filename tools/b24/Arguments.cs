using System.CommandLine;

namespace Bitrix24.CommandLine;

/// <summary>Parses the arguments of a tool.</summary>
internal static class Arguments
{
    /// <summary>
    /// Returns the parsed arguments. If they are wrong, writes the reason to <paramref name="error"/> and returns <see langword="null"/>.
    /// </summary>
    public static async Task<ParseResult?> ParseAsync(RootCommand root, string[] args, TextWriter error)
    {
        // @file is not expanded: error messages would quote the file, and the file of --env-file contains secrets.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count == 0)
        {
            return parsed;
        }

        var typed = new TypedSecrets(parsed);
        foreach (var parseError in parsed.Errors)
        {
            await error.WriteLineAsync(Printable.Text(typed.Hide(parseError.Message))).ConfigureAwait(false);
        }

        await error.WriteLineAsync("Use --help to list the commands and options.").ConfigureAwait(false);
        return null;
    }
}
