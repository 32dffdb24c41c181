using System.CommandLine;

namespace Bitrix24.CommandLine;

/// <summary>Runs the tool.</summary>
internal static class CommandLineTool
{
    /// <summary>After Ctrl+C, an import waits for the responses to the requests in flight, so that their outcomes are known.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromMinutes(2);

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, Func<string, string?> variable)
    {
        var root = new RootCommand(
            $"""
            Calls the Bitrix24 REST API.

            The portal and its credentials come from the environment or from the file of --env-file, never from an option:
            {Settings.WebhookUrl}, or {Settings.PortalUrl} with {Settings.AccessToken}, or {Settings.PortalUrl} with
            {Settings.OAuth}, BITRIX24_OAUTH_CLIENT_SECRET and BITRIX24_OAUTH_TOKEN_FILE.

            Examples:
              b24 calllist add --demo --type contact --ids 9,17,19 --webform 1
              b24 calllist list --demo --json
              b24 calllist import lists.csv --env-file bitrix24.env
              b24 portal --port 8024

            Exit codes:
              0    success
              1    unexpected failure
              2    wrong arguments or settings
              3    invalid request
              4    access denied
              5    not authenticated
              6    limit reached
              7    failure of the portal
              8    no readable response
              9    success, but the result could not be written
              10   the import ended with rows that were not created or are unknown
              130  canceled
            """)
        {
            CallListCommand.Create(new PortalOptions(variable)),
            PortalCommand.Create(),
        };

        var configuration = new InvocationConfiguration { Output = output, Error = error, ProcessTerminationTimeout = ShutdownTimeout };
        return await Arguments.ParseAsync(root, args, error).ConfigureAwait(false) is { } parsed
            ? await parsed.InvokeAsync(configuration).ConfigureAwait(false)
            : ExitCode.Usage;
    }
}
