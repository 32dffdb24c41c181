using System.CommandLine;
using Bitrix24.Testing;
using Microsoft.Extensions.Options;

namespace Bitrix24.CommandLine;

/// <summary>Contains the options that all commands share that call a portal.</summary>
internal sealed class PortalOptions(Func<string, string?> variable)
{
    private readonly Option<bool> demo = new("--demo")
    {
        Description = "Runs on a portal that is simulated in this process. Nothing leaves this machine.",
    };

    private readonly Option<bool> json = new("--json") { Description = "Prints a JSON object, or one object per line." };

    private readonly Option<string?> envFile = new("--env-file")
    {
        Description = $"Reads {Settings.WebhookUrl} and the other variables from a file of lines NAME=value.",
        HelpName = "path",
    };

    private readonly Option<int> maxAttempts = new("--max-attempts")
    {
        Description = "The maximum number of attempts of a call, 1 to 100. A call that may have been executed is not retried if that could "
            + "execute it twice.",
        DefaultValueFactory = _ => new Bitrix24RetryOptions().MaxAttempts,
        HelpName = "number",
    };


    public void AddTo(Command command)
    {
        command.Add(demo);
        command.Add(envFile);
        command.Add(maxAttempts);
        command.Add(json);
    }

    public void SetAction(
        Command command, Func<IBitrix24Client, ParseResult, Report, CancellationToken, Task> call, bool isRepeatable = false) =>
        SetAction(command, _ => Task.CompletedTask, call, isRepeatable);

    /// <param name="command">The command.</param>
    /// <param name="prepareDemo">Prepares the simulated portal.</param>
    /// <param name="call">The work of the command.</param>
    /// <param name="isRepeatable">Whether running the command twice has the same effect as running it once.</param>
    public void SetAction(
        Command command,
        Func<SimulatedPortal, Task> prepareDemo,
        Func<IBitrix24Client, ParseResult, Report, CancellationToken, Task> call,
        bool isRepeatable = false)
    {
        command.SetReportedAction(json, RunAsync, isRepeatable);

        async Task<int> RunAsync(ParseResult result, Report report, CancellationToken cancellationToken)
        {
            if (result.GetValue(demo))
            {
                using var portal = DemoPortal.Start();
                await prepareDemo(portal).ConfigureAwait(false);
                report.Note(
                    $"Demo: the command runs on a portal that is simulated in this process at {portal.Url} with {DemoPortal.Description}. "
                    + "Nothing leaves this machine.");
                var client = Client(Bitrix24Credentials.Webhook(portal.WebhookUrl), result);
                await call(client, result, report, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await call(Client(SettingsOf(result).Credentials(), result), result, report, cancellationToken).ConfigureAwait(false);
            }

            return ExitCode.Done;
        }
    }

    /// <summary>Returns the host of the portal that a command calls.</summary>
    public string PortalOf(ParseResult result) => result.GetValue(demo) ? "demo" : SettingsOf(result).Portal();

    private Settings SettingsOf(ParseResult result) =>
        result.GetValue(envFile) is { } path ? Settings.FromFile(path) : new Settings(variable);

    private Bitrix24Client Client(Bitrix24Credentials credentials, ParseResult result)
    {
        // The budget is below the default limit of the cloud, so that a long import is rarely rejected.
        var options = new Bitrix24ClientOptions
        {
            Credentials = credentials,
            ApplicationName = "b24",
            ExecutionTimeBudget = TimeSpan.FromSeconds(400),
        };
        options.Retry.MaxAttempts = result.GetValue(maxAttempts);
        try
        {
            return Bitrix24Client.Create(options);
        }
        catch (OptionsValidationException exception)
        {
            throw new UsageException(exception.Message);
        }
    }
}
