using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Bitrix24;

/// <summary>Reads the options from configuration. What is wrong is said by key, never by value: values are secrets.</summary>
internal static class ConfigurationReader
{
    private const string WebhookUrl = "WebhookUrl";
    private const string PortalUrl = "PortalUrl";
    private const string AccessToken = "AccessToken";

    /// <exception cref="OptionsValidationException">A key is missing, contradicts another or holds what it must not.</exception>
    internal static void Apply(IConfiguration configuration, Bitrix24ClientOptions options)
    {
        var failures = new List<string>();
        options.Credentials = Credentials(configuration, failures);

        if (Value(configuration, nameof(options.AttemptTimeout)) is { } timeout)
        {
            if (TimeSpan.TryParse(timeout, CultureInfo.InvariantCulture, out var attemptTimeout))
            {
                options.AttemptTimeout = attemptTimeout;
            }
            else
            {
                failures.Add($"{Key(configuration, nameof(options.AttemptTimeout))} is no time span of the form 00:01:10.");
            }
        }

        options.ApplicationName = Value(configuration, nameof(options.ApplicationName)) ?? options.ApplicationName;

        if (failures.Count > 0)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(Bitrix24ClientOptions), failures);
        }
    }

    private static Bitrix24Credentials? Credentials(IConfiguration configuration, List<string> failures)
    {
        var webhookUrl = Value(configuration, WebhookUrl);
        var portalUrl = Value(configuration, PortalUrl);
        var accessToken = Value(configuration, AccessToken);
        switch (webhookUrl, portalUrl, accessToken)
        {
            case ({ }, null, null):
                return Parsed(() => WebhookCredentials.Parse(webhookUrl), Key(configuration, WebhookUrl), failures);
            case (null, { }, { }):
                return Parsed(() => AccessTokenCredentials.Parse(portalUrl, accessToken), Key(configuration, PortalUrl), failures);
            case ({ }, _, _):
                failures.Add($"{Key(configuration, WebhookUrl)} goes without {PortalUrl} and {AccessToken}: use one or the other.");
                return null;
            case (null, { }, null):
                failures.Add($"{Key(configuration, AccessToken)} is missing: {PortalUrl} needs it.");
                return null;
            case (null, null, { }):
                failures.Add($"{Key(configuration, PortalUrl)} is missing: {AccessToken} needs it.");
                return null;
            default:
                failures.Add($"{Key(configuration, WebhookUrl)} is missing, and so are {PortalUrl} and {AccessToken}: set the one or the others.");
                return null;
        }
    }

    private static Bitrix24Credentials? Parsed(Func<Bitrix24Credentials> parse, string key, List<string> failures)
    {
        try
        {
            return parse();
        }
        catch (FormatException exception)
        {
            failures.Add($"{key}: {exception.Message}");
            return null;
        }
    }

    private static string? Value(IConfiguration configuration, string key) => configuration[key] is { } value && !string.IsNullOrWhiteSpace(value) ? value : null;

    private static string Key(IConfiguration configuration, string key) => configuration is IConfigurationSection section ? section.Path + ":" + key : key;
}
