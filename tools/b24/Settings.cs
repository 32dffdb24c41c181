namespace Bitrix24.CommandLine;

/// <summary>The variables that name a portal and authorize the calls: of the environment, or of a file.</summary>
internal sealed class Settings(Func<string, string?> variable)
{
    public const string WebhookUrl = "BITRIX24_WEBHOOK_URL";
    public const string PortalUrl = "BITRIX24_PORTAL_URL";
    public const string AccessToken = "BITRIX24_ACCESS_TOKEN";

    /// <summary>Reads lines of the form <c>NAME=value</c>; empty lines and lines that begin with # do not count.</summary>
    /// <exception cref="UsageException">The file cannot be read.</exception>
    public static Settings FromFile(string path)
    {
        try
        {
            var values = new Dictionary<string, string>(StringComparer.Ordinal);
            var number = 0;
            foreach (var line in File.ReadLines(path).Select(line => line.Trim()))
            {
                number++;
                if (line.Length == 0 || line[0] == '#')
                {
                    continue;
                }

                if ((line.StartsWith("export ", StringComparison.Ordinal) ? line["export ".Length..] : line).Split('=', 2) is not [var name, var value])
                {
                    throw new UsageException(FormattableString.Invariant($"Line {number} of the file of --env-file does not have the form NAME=value."));
                }

                values[name.Trim()] = value.Trim().Trim('"', '\'');
            }

            return new Settings(values.GetValueOrDefault);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The file of --env-file cannot be read: {exception.Message}");
        }
    }

    /// <exception cref="UsageException">Variables are missing or wrong.</exception>
    public Bitrix24Credentials Credentials()
    {
        var webhookUrl = Value(WebhookUrl);
        var portalUrl = Value(PortalUrl);
        var accessToken = Value(AccessToken);
        return (webhookUrl, portalUrl, accessToken) switch
        {
            ({ }, null, null) => Parsed(WebhookUrl, () => Bitrix24Credentials.Webhook(webhookUrl)),
            (null, { }, { }) => Parsed(PortalUrl, () => Bitrix24Credentials.AccessToken(portalUrl, accessToken)),
            ({ }, _, _) => throw new UsageException($"{WebhookUrl} is set together with {PortalUrl} or {AccessToken}: use one or the other."),
            (null, { }, null) => throw new UsageException($"{PortalUrl} is set but {AccessToken} is not."),
            (null, null, { }) => throw new UsageException($"{AccessToken} is set but {PortalUrl} is not."),
            _ => throw new UsageException(
                $"No portal is named, nothing was sent. Set {WebhookUrl}, or {PortalUrl} with {AccessToken}, in the environment or in a file given by --env-file; "
                + "or add --demo to try the command on a simulated portal."),
        };
    }

    /// <summary>Host of the portal that <see cref="Credentials"/> are for.</summary>
    public string Portal() => new Uri(Value(WebhookUrl) ?? Value(PortalUrl)!).Authority;

    private string? Value(string name) => variable(name) is { } value && !string.IsNullOrWhiteSpace(value) ? value : null;

    private static Bitrix24Credentials Parsed(string name, Func<Bitrix24Credentials> parse)
    {
        try
        {
            return parse();
        }
        catch (ArgumentException exception) when (exception.InnerException is FormatException reason)
        {
            throw new UsageException($"{name}: {reason.Message}");
        }
    }
}
