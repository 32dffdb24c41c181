using System.CommandLine;

namespace Bitrix24.CommandLine;

/// <summary>The tool as a function of its arguments and the environment.</summary>
internal static class CommandLineTool
{
    /// <summary>What an import has sent when somebody presses Ctrl+C is seen through: what came of it has to be known.</summary>
    private static readonly TimeSpan LongestEnding = TimeSpan.FromMinutes(2);

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, Func<string, string?> variable)
    {
        var root = new RootCommand(
            $"""
            Calls the Bitrix24 REST API.

            The portal and the authorization come from the environment or from --env-file, never from a flag: {Settings.WebhookUrl}, or {Settings.PortalUrl} with {Settings.AccessToken}, or {Settings.PortalUrl} with {Settings.OAuth}, BITRIX24_OAUTH_CLIENT_SECRET and BITRIX24_OAUTH_TOKEN_FILE.

            Examples:
              b24 calllist add --demo --type contact --ids 9,17,19 --webform 1
              b24 calllist list --demo --json
              b24 calllist import lists.csv --env-file bitrix24.env
              b24 portal --port 8024

            Exit codes: 0 done, 1 unexpected failure, 2 wrong arguments or settings, 3 invalid request, 4 access denied, 5 not authenticated, 6 limit reached, 7 portal failed, 8 no readable answer, 9 done but the result could not be written, 10 import ended with rows that were not created or are unknown, 130 cancelled.
            """)
        {
            CallListCommand.Create(new PortalOptions(variable)),
            PortalCommand.Create(),
        };

        var configuration = new InvocationConfiguration { Output = output, Error = error, ProcessTerminationTimeout = LongestEnding };
        return await Arguments.ParseAsync(root, args, error).ConfigureAwait(false) is { } parsed
            ? await parsed.InvokeAsync(configuration).ConfigureAwait(false)
            : ExitCode.Usage;
    }
}
