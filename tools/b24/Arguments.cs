using System.CommandLine;

namespace Bitrix24.CommandLine;

/// <summary>The arguments of a tool.</summary>
internal static class Arguments
{
    /// <summary>Returns the parsed arguments, or <see langword="null"/> if they are wrong. Then <paramref name="error"/> says how.</summary>
    public static async Task<ParseResult?> ParseAsync(RootCommand root, string[] args, TextWriter error)
    {
        // A file behind @ is no list of arguments: it would be quoted where it is wrong, and that of --env-file holds secrets.
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

        await error.WriteLineAsync("Add --help to see what can be given.").ConfigureAwait(false);
        return null;
    }
}
