using System.CommandLine;

namespace Bitrix24.CommandLine;

/// <summary>Runs a command and turns its exception into a message and an exit code.</summary>
internal static class ReportedAction
{
    /// <param name="command">The command.</param>
    /// <param name="json">The option that asks for JSON, if the command has one.</param>
    /// <param name="action">The work of the command. It returns the exit code.</param>
    /// <param name="isRepeatable">Whether running the command twice has the same effect as running it once.</param>
    public static void SetReportedAction(
        this Command command,
        Option<bool>? json,
        Func<ParseResult, Report, CancellationToken, Task<int>> action,
        bool isRepeatable = false) =>
        command.SetAction(async (result, cancellationToken) =>
        {
            var report = new Report(
                result.InvocationConfiguration.Output,
                result.InvocationConfiguration.Error,
                json is not null && result.GetValue(json),
                new TypedSecrets(result),
                isRepeatable);
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
