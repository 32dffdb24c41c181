using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Bitrix24.CommandLine;

/// <summary>Reads the portal and its credentials from the environment or from a file.</summary>
internal sealed partial class Settings(Func<string, string?> variable)
{
    public const string WebhookUrl = "BITRIX24_WEBHOOK_URL";
    public const string PortalUrl = "BITRIX24_PORTAL_URL";
    public const string AccessToken = "BITRIX24_ACCESS_TOKEN";
    public const string OAuth = "BITRIX24_OAUTH_CLIENT_ID";

    /// <summary>The variable of each key of the configuration.</summary>
    private static readonly Dictionary<string, string> Variables = new(StringComparer.Ordinal)
    {
        ["WebhookUrl"] = WebhookUrl,
        ["PortalUrl"] = PortalUrl,
        ["AccessToken"] = AccessToken,
        ["OAuth:ClientId"] = OAuth,
        ["OAuth:ClientSecret"] = "BITRIX24_OAUTH_CLIENT_SECRET",
        ["OAuth:TokenFile"] = "BITRIX24_OAUTH_TOKEN_FILE",
        ["OAuth:TokenEndpoint"] = "BITRIX24_OAUTH_TOKEN_ENDPOINT",
    };

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
                    throw new UsageException(
                        FormattableString.Invariant($"Line {number} of the file of --env-file does not have the form NAME=value.")
                    );
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
        var values = Variables
            .Select(name => KeyValuePair.Create(name.Key, variable(name.Value)))
            .Where(value => !string.IsNullOrWhiteSpace(value.Value))
            .ToList();
        if (values.Count == 0)
        {
            throw new UsageException(
                $"No portal is set, and nothing was sent. Set {WebhookUrl}, or {PortalUrl} with {AccessToken}, in the environment or in "
                    + "the file of --env-file. Or add --demo to try the command on a simulated portal."
            );
        }

        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        using var services = new ServiceCollection().AddBitrix24Client(configuration).Services.BuildServiceProvider();
        try
        {
            return services.GetRequiredService<IOptions<Bitrix24ClientOptions>>().Value.Credentials!;
        }
        catch (OptionsValidationException exception)
        {
            throw new UsageException(InVariables(string.Join(' ', exception.Failures)));
        }
    }

    /// <summary>Returns the host of the portal that <see cref="Credentials"/> are for.</summary>
    /// <exception cref="UsageException">Variables are missing or invalid.</exception>
    public string Portal() => Credentials().PortalUrl.Authority;

    /// <summary>Replaces the keys in a message of the client with the variables that they come from.</summary>
    private static string InVariables(string message) =>
        Key().Replace(message, key => Variables.GetValueOrDefault(key.Value) ?? Variables.GetValueOrDefault("OAuth:" + key.Value) ?? OAuth);

    [GeneratedRegex(
        @"\b(WebhookUrl|PortalUrl|AccessToken|ClientId|ClientSecret|TokenFile|TokenEndpoint|OAuth)\b",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Key();
}
