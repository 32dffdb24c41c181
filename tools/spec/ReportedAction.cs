using System.CommandLine;

namespace Bitrix24.Specs;

/// <summary>Runs a command and turns its exception into a message and an exit code.</summary>
internal static class ReportedAction
{
    /// <param name="command">The command.</param>
    /// <param name="json">The option that asks for JSON, if the command has one.</param>
    /// <param name="action">The work of the command. It returns the exit code.</param>
    public static void SetReportedAction(
        this Command command,
        Option<bool>? json,
        Func<ParseResult, Report, CancellationToken, Task<int>> action) =>
        command.SetAction(async (result, cancellationToken) =>
        {
            var streams = result.InvocationConfiguration;
            var report = new Report(streams.Output, streams.Error, json is not null && result.GetValue(json), new TypedSecrets(result));
            try
            {
                return await action(result, report, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                report.Failure(exception);
                return ExitCode.Of(exception);
            }
        });
}
