using System.CommandLine;
using System.CommandLine.Invocation;

namespace Bitrix24.CommandLine;

/// <summary>The tool as a function of its arguments and the environment.</summary>
internal static class CommandLineTool
{
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, Func<string, string?> variable)
    {
        var root = new RootCommand(
            $"""
            Calls the Bitrix24 REST API.

            The portal and the authorization come from the environment or from --env-file, never from a flag: {Settings.WebhookUrl}, or {Settings.PortalUrl} with {Settings.AccessToken}.

            Example:
              b24 calllist add --demo --type contact --ids 9,17,19 --webform 1

            Exit codes: 0 done, 2 wrong arguments or settings, 3 invalid request, 4 access denied, 5 not authenticated, 6 limit reached, 7 portal failed, 8 no readable answer, 130 cancelled.
            """)
        {
            CallListCommand.Create(new PortalOptions(variable)),
        };

        var parsed = root.Parse(args);
        if (parsed.Action is ParseErrorAction parseError)
        {
            parseError.ShowHelp = false;
        }

        var exitCode = await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error }).ConfigureAwait(false);
        return parsed.Errors.Count > 0 ? ExitCode.Usage : exitCode;
    }
}
