namespace Bitrix24.CommandLine;

/// <summary>Reads the portal and its credentials from the environment or from a file.</summary>
internal sealed class Settings(Func<string, string?> variable)
{
    public const string WebhookUrl = "BITRIX24_WEBHOOK_URL";
    public const string PortalUrl = "BITRIX24_PORTAL_URL";
    public const string AccessToken = "BITRIX24_ACCESS_TOKEN";

    /// <summary>Reads lines of the form <c>NAME=value</c>. Empty lines and lines that start with # are ignored.</summary>
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

                var setting = line.StartsWith("export ", StringComparison.Ordinal) ? line["export ".Length..] : line;
                if (setting.Split('=', 2) is not [var name, var value])
                {
                    throw new UsageException(FormattableString.Invariant(
                        $"Line {number} of the file of --env-file does not have the form NAME=value."));
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

    /// <exception cref="UsageException">A variable is missing or invalid.</exception>
    public Bitrix24Credentials Credentials()
    {
        var webhookUrl = Value(WebhookUrl);
        var portalUrl = Value(PortalUrl);
        var accessToken = Value(AccessToken);
        return (webhookUrl, portalUrl, accessToken) switch
        {
            ({ }, null, null) => Parsed(WebhookUrl, () => Bitrix24Credentials.Webhook(webhookUrl)),
            (null, { }, { }) => Parsed(PortalUrl, () => Bitrix24Credentials.AccessToken(portalUrl, accessToken)),
            ({ }, _, _) => throw new UsageException(
                $"{WebhookUrl} is set together with {PortalUrl} or {AccessToken}. Set only one of them."),
            (null, { }, null) => throw new UsageException($"{PortalUrl} is set but {AccessToken} is not."),
            (null, null, { }) => throw new UsageException($"{AccessToken} is set but {PortalUrl} is not."),
            _ => throw new UsageException(
                $"No portal is set, and nothing was sent. Set {WebhookUrl}, or {PortalUrl} with {AccessToken}, in the environment or in "
                + "the file of --env-file. Or add --demo to try the command on a simulated portal."),
        };
    }

    /// <summary>Returns the host of the portal.</summary>
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
