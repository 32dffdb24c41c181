using System.CommandLine;
using Bitrix24.Testing;
using Newtonsoft.Json.Linq;

namespace Bitrix24.CommandLine;

/// <summary>The command <c>b24 portal</c>.</summary>
internal static class PortalCommand
{
    public static Command Create()
    {
        var port = new Option<int?>("--port") { Description = "The port on 127.0.0.1. Default: a free one.", HelpName = "number" };
        var code = new Option<string?>("--webhook-code") { Description = "The code of the webhook. Default: a random one.", HelpName = "code" };
        var token = new Option<string?>("--access-token") { Description = "The access token. Default: a random one.", HelpName = "token" };
        var entities = new Option<int>("--entities") { Description = "How many contacts and companies there are, with the ids from 1.", DefaultValueFactory = _ => 1000, HelpName = "number" };
        var limits = new Option<bool>("--limits") { Description = "Limits requests and execution time as the cloud's standard plans do." };
        var legacy = new Option<bool>("--legacy-errors") { Description = "Says what is wrong with call lists as portals older than August 2026 do." };
        var json = new Option<bool>("--json") { Description = "Prints one JSON object, for machines." };
        var command = new Command(
            "portal",
            """
            Runs a simulated portal until it is stopped with Ctrl+C: for trying things with curl or another language's SDK. Nothing leaves this machine.

            Example:
              b24 portal --port 8024 --webhook-code secret
              curl -X POST -H "Content-Type: application/json" -d '{"ENTITY_TYPE":"CONTACT","ENTITIES":[1,2,3],"WEBFORM_ID":5}' http://127.0.0.1:8024/rest/1/secret/crm.calllist.add
            """) { port, code, token, entities, limits, legacy, json };
        command.SetReportedAction(json, async (result, report, cancellationToken) =>
        {
            var options = new SimulatedPortalOptions { Port = result.GetValue(port), LegacyErrors = result.GetValue(legacy), RecordRequests = false };
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
                $"Simulated portal with {result.GetValue(entities)} contacts and companies and the CRM forms 1 to 5.\nWebhook:      {portal.WebhookUrl}\nAccess token: {portal.AccessToken} at {portal.Url}rest/\nStop it with Ctrl+C.");
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Stopped, as it said.
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static SimulatedPortal Start(SimulatedPortalOptions options, int entities)
    {
        if (entities < 0 || options.Port is < 1 or > 65535)
        {
            throw new UsageException("--entities is at least 0, and --port 1 to 65535.");
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
