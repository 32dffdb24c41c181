using System.CommandLine;
using Bitrix24.Testing;
using Microsoft.Extensions.Options;

namespace Bitrix24.CommandLine;

/// <summary>What every command that calls a portal has in common: which portal, and how to report.</summary>
internal sealed class PortalOptions(Func<string, string?> variable)
{
    private readonly Option<bool> demo = new("--demo") { Description = "Runs on a portal simulated in this process; nothing leaves the machine." };
    private readonly Option<string?> envFile = new("--env-file") { Description = $"Reads {Settings.WebhookUrl} and the like from a file of lines NAME=value.", HelpName = "path" };
    private readonly Option<int> maxAttempts = new("--max-attempts") { Description = "How often a call is tried where trying again cannot do anything twice: 1 to 100.", DefaultValueFactory = _ => new Bitrix24RetryOptions().MaxAttempts, HelpName = "number" };
    private readonly Option<bool> json = new("--json") { Description = "Prints JSON for machines: an object, or an object on each line." };

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
    /// <param name="prepareDemo">What has to be on the simulated portal first.</param>
    /// <param name="call">What the command does.</param>
    /// <param name="isRepeatable">Whether running the command twice is the same as running it once.</param>
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
                report.Note($"Demo: this runs on a portal simulated in this process at {portal.Url} with {DemoPortal.Description}. Nothing leaves this machine.");
                await call(Client(Bitrix24Credentials.Webhook(portal.WebhookUrl), result), result, report, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await call(Client(SettingsOf(result).Credentials(), result), result, report, cancellationToken).ConfigureAwait(false);
            }

            return ExitCode.Done;
        }
    }

    /// <summary>Names the portal that a command calls.</summary>
    public string PortalOf(ParseResult result) => result.GetValue(demo) ? "demo" : SettingsOf(result).Portal();

    private Settings SettingsOf(ParseResult result) => result.GetValue(envFile) is { } path ? Settings.FromFile(path) : new Settings(variable);

    private Bitrix24Client Client(Bitrix24Credentials credentials, ParseResult result)
    {
        // A batch below what self-hosted portals allow by default, so that a long import is hardly ever refused for it.
        var options = new Bitrix24ClientOptions { Credentials = credentials, ApplicationName = "b24", ExecutionTimeBudget = TimeSpan.FromSeconds(400) };
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
