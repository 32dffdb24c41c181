using System.CommandLine;
using Bitrix24.Testing;
using Newtonsoft.Json.Linq;

namespace Bitrix24.CommandLine;

/// <summary>Creates the command <c>b24 portal</c>.</summary>
internal static class PortalCommand
{
    public static Command Create()
    {
        var port = new Option<int?>("--port") { Description = "The port on 127.0.0.1. Default: a free port.", HelpName = "number" };
        var code = new Option<string?>("--webhook-code") { Description = "The webhook code. Default: a random code.", HelpName = "code" };
        var token = new Option<string?>("--access-token") { Description = "The access token. Default: a random one.", HelpName = "token" };
        var entities = Entities();
        var limits = new Option<bool>("--limits") { Description = "Limits requests and execution time like the standard cloud plans." };
        var legacy = LegacyErrors();
        var json = new Option<bool>("--json") { Description = "Prints a JSON object." };
        var command = new Command(
            "portal",
            """
            Runs a simulated portal for curl or an SDK in another language, until you press Ctrl+C. Nothing leaves this machine.

            Example:
              b24 portal --port 8024 --webhook-code secret
              curl -d 'ENTITY_TYPE=CONTACT&ENTITIES[]=1&ENTITIES[]=2' http://127.0.0.1:8024/rest/1/secret/crm.calllist.add
            """) { port, code, token, entities, limits, legacy, json };
        command.SetReportedAction(json, async (result, report, cancellationToken) =>
        {
            var options = new SimulatedPortalOptions
            {
                Port = result.GetValue(port),
                LegacyErrors = result.GetValue(legacy),
                RecordRequests = false,
            };
            options.WebhookCode = result.GetValue(code) ?? options.WebhookCode;
            options.AccessToken = result.GetValue(token) ?? options.AccessToken;
            if (result.GetValue(limits))
            {
                options.RequestBurst = 50;
                options.ExecutionTimeLimit = TimeSpan.FromSeconds(480);
            }

            using var portal = Start(options, result.GetValue(entities));
            report.Result(
                new JObject { ["webhookUrl"] = portal.WebhookUrl, ["url"] = portal.Url.ToString(), ["accessToken"] = portal.AccessToken },
                $"""
                Simulated portal with {result.GetValue(entities)} contacts and companies and the webforms 1 to 5.
                Webhook:      {portal.WebhookUrl}
                Access token: {portal.AccessToken} at {portal.Url}rest/
                Press Ctrl+C to stop it.
                """);
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Ctrl+C is the normal way to stop.
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Option<int> Entities() => new("--entities")
    {
        Description = "The number of contacts and companies. Their ids start at 1.",
        DefaultValueFactory = _ => 1000,
        HelpName = "number",
    };

    private static Option<bool> LegacyErrors() =>
        new("--legacy-errors") { Description = "Returns errors of call list methods like portals older than August 2026." };

    private static SimulatedPortal Start(SimulatedPortalOptions options, int entities)
    {
        if (entities < 0 || options.Port is < 1 or > 65535)
        {
            throw new UsageException("--entities must be at least 0, and --port 1 to 65535.");
        }

        SimulatedPortal portal;
        try
        {
            portal = SimulatedPortal.Start(options);
        }
        catch (Exception exception) when (exception is not UsageException)
        {
            throw new UsageException($"The portal cannot listen on port {options.Port}: {exception.GetBaseException().Message}");
        }

        long[] ids = [.. Enumerable.Range(1, entities)];
        portal.Contacts.Add(ids);
        portal.Companies.Add(ids);
        portal.Webforms.Add(1, 2, 3, 4, 5);
        return portal;
    }
}
