using System.Globalization;
using Bitrix24.Authentication;
using Bitrix24.Validation;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Bitrix24.DependencyInjection;

/// <summary>Reads the options from configuration. Messages name keys, never values, because values can be secrets.</summary>
internal sealed class ConfigurationReader
{
    private const string WebhookUrl = "WebhookUrl";
    private const string PortalUrl = "PortalUrl";
    private const string AccessToken = "AccessToken";
    private const string OAuth = "OAuth";

    private static readonly string[] KnownKeys =
    [
        WebhookUrl, PortalUrl, AccessToken, "OAuth:ClientId", "OAuth:ClientSecret", "OAuth:TokenFile", "OAuth:TokenEndpoint",
        "ApplicationName", "AttemptTimeout", "ExecutionTimeBudget", "MaxResponseSize", "MaxTotalResponseSize",
        "Retry:MaxAttempts", "Retry:BaseDelay", "Retry:MaxDelay", "RateLimit", "RateLimit:Burst", "RateLimit:PerSecond",
    ];

    private readonly IConfiguration configuration;
    private readonly List<string> failures = [];

    private ConfigurationReader(IConfiguration configuration) => this.configuration = configuration;

    /// <exception cref="OptionsValidationException">A key is missing, unknown or invalid, or contradicts another one.</exception>
    internal static void Apply(IConfiguration configuration, Bitrix24ClientOptions options)
    {
        var reader = new ConfigurationReader(configuration);
        reader.Read(options);
        if (reader.failures.Count > 0)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(Bitrix24ClientOptions), reader.failures);
        }
    }

    private void Read(Bitrix24ClientOptions options)
    {
        foreach (var section in configuration.GetChildren().Where(IsOwn))
        {
            ValidateKeys(section, section.Key);
        }

        options.Credentials = Credentials();
        options.ApplicationName = Value("ApplicationName") ?? options.ApplicationName;
        options.AttemptTimeout = Span("AttemptTimeout") ?? options.AttemptTimeout;
        options.ExecutionTimeBudget = Span("ExecutionTimeBudget") ?? options.ExecutionTimeBudget;
        options.MaxResponseSize = Integer("MaxResponseSize") ?? options.MaxResponseSize;
        options.MaxTotalResponseSize = Integer("MaxTotalResponseSize", long.MaxValue) ?? options.MaxTotalResponseSize;
        options.Retry.MaxAttempts = (int)(Integer("Retry:MaxAttempts") ?? options.Retry.MaxAttempts);
        options.Retry.BaseDelay = Span("Retry:BaseDelay") ?? options.Retry.BaseDelay;
        options.Retry.MaxDelay = Span("Retry:MaxDelay") ?? options.Retry.MaxDelay;
        options.RateLimit = RateLimit() ?? options.RateLimit;
    }

    /// <summary>Returns whether a section belongs to this package. The root of a configuration also contains other settings.</summary>
    private bool IsOwn(IConfigurationSection section) => configuration is IConfigurationSection || KeysBelow(section.Key).Any();

    private void ValidateKeys(IConfigurationSection section, string key)
    {
        if (!KnownKeys.Contains(key, StringComparer.OrdinalIgnoreCase))
        {
            var keysBelow = KeysBelow(key).ToList();
            if (keysBelow.Count == 0)
            {
                var nearest = KnownKeys.OrderBy(known => Distance(known, key)).First();
                var isNear = Distance(nearest, key) <= Math.Max(nearest.Length, key.Length) / 2;
                var remedy = isNear ? $"Did you mean {nearest}?" : "Remove it, or move it out of this section.";
                failures.Add($"{Key(key)} is unknown. {remedy}");
                return;
            }

            if (!string.IsNullOrWhiteSpace(section.Value))
            {
                failures.Add($"{Key(key)} must not have a value. Set {string.Join(", ", keysBelow)}.");
            }
        }

        foreach (var child in section.GetChildren())
        {
            ValidateKeys(child, $"{key}:{child.Key}");
        }
    }

    private static IEnumerable<string> KeysBelow(string key) =>
        KnownKeys.Where(known => known.StartsWith(key + ":", StringComparison.OrdinalIgnoreCase));

    /// <summary>Returns the edit distance of two keys, ignoring case.</summary>
    private static int Distance(string known, string key)
    {
        var row = Enumerable.Range(0, key.Length + 1).ToArray();
        foreach (var character in known)
        {
            var diagonal = row[0]++;
            for (var column = 1; column <= key.Length; column++)
            {
                var replaced = diagonal + (char.ToUpperInvariant(character) == char.ToUpperInvariant(key[column - 1]) ? 0 : 1);
                diagonal = row[column];
                row[column] = Math.Min(replaced, Math.Min(row[column], row[column - 1]) + 1);
            }
        }

        return row[key.Length];
    }

    private Bitrix24Credentials? Credentials()
    {
        var webhookUrl = Value(WebhookUrl);
        var portalUrl = Value(PortalUrl);
        var accessToken = Value(AccessToken);
        var application = configuration.GetSection(OAuth).GetChildren().Any();
        switch (webhookUrl, portalUrl, accessToken, application)
        {
            case ({ }, null, null, false):
                return Parsed(WebhookUrl, () => new Bitrix24Credentials(WebhookCredentials.Parse(webhookUrl)));
            case (null, { }, { }, false):
                return Parsed(PortalUrl, () => new Bitrix24Credentials(AccessTokenCredentials.Parse(portalUrl, accessToken)));
            case (null, { }, null, true):
                return Parsed(PortalUrl, () => PortalUri.ParsePortal(portalUrl)) is null
                    ? null
                    : Parsed(OAuth, () => new Bitrix24Credentials(OAuthCredentials.From(Application(portalUrl))));
            case ({ }, _, _, _):
                return Failed($"{Key(WebhookUrl)} cannot be combined with {PortalUrl}, {AccessToken} or {OAuth}.");
            case (null, _, { }, true):
                return Failed($"{Key(AccessToken)} cannot be combined with {OAuth}.");
            case (null, { }, null, false):
                return Failed($"{Key(PortalUrl)} requires {AccessToken} or {OAuth}. Set one of them.");
            case (null, null, { }, false):
                return Failed($"{Key(PortalUrl)} is not set. {AccessToken} requires it.");
            case (null, null, null, true):
                return Failed($"{Key(PortalUrl)} is not set. {OAuth} requires it.");
            default:
                return Failed($"{Key(WebhookUrl)} is not set. Set it, or set {PortalUrl} and {AccessToken} or {OAuth}.");
        }
    }

    /// <exception cref="FormatException">A key is missing or invalid.</exception>
    private Bitrix24OAuthOptions Application(string portalUrl) => new()
    {
        PortalUrl = portalUrl,
        ClientId = Value("OAuth:ClientId"),
        ClientSecret = Value("OAuth:ClientSecret"),
        TokenStore = Value("OAuth:TokenFile") is { } file
            ? new FileBitrix24TokenStore(file)
            : throw new FormatException("TokenFile is not set. Set it to the path of the file that stores the tokens."),
        TokenEndpoint = Value("OAuth:TokenEndpoint") is { } endpoint
            ? AbsoluteUri("TokenEndpoint", endpoint)
            : Bitrix24OAuthOptions.DefaultTokenEndpoint,
    };

    private Bitrix24RateLimit? RateLimit()
    {
        var burst = Integer("RateLimit:Burst");
        var perSecond = Value("RateLimit:PerSecond");
        if (Value("RateLimit") is { } name)
        {
            if (Value("RateLimit:Burst") is not null || perSecond is not null)
            {
                failures.Add($"{Key("RateLimit")} cannot be combined with RateLimit:Burst and RateLimit:PerSecond.");
                return null;
            }

            switch (name.ToUpperInvariant())
            {
                case "STANDARD":
                    return Bitrix24RateLimit.Standard;
                case "ENTERPRISE":
                    return Bitrix24RateLimit.Enterprise;
                case "UNLIMITED":
                    return Bitrix24RateLimit.Unlimited;
                default:
                    failures.Add($"{Key("RateLimit")} is unknown. Use Standard, Enterprise or Unlimited.");
                    return null;
            }
        }

        if (burst is null && perSecond is null)
        {
            return null;
        }

        if (burst is >= 1 and <= int.MaxValue
            && double.TryParse(perSecond, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate)
            && rate is > 0 and <= 1000)
        {
            return new Bitrix24RateLimit((int)burst, rate);
        }

        failures.Add(
            $"{Key("RateLimit:Burst")} must be at least 1 and {Key("RateLimit:PerSecond")} greater than 0 and at most 1000. Set both.");
        return null;
    }

    private T? Parsed<T>(string key, Func<T> parse)
        where T : class
    {
        try
        {
            return parse();
        }
        catch (FormatException exception)
        {
            failures.Add($"{Key(key)}: {exception.Message}");
            return null;
        }
    }

    private Bitrix24Credentials? Failed(string failure)
    {
        failures.Add(failure);
        return null;
    }

    private static Uri AbsoluteUri(string name, string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri)
        ? uri
        : throw new FormatException($"{name} is not an absolute URL. Example: https://oauth.bitrix.info/oauth/token/.");

    private TimeSpan? Span(string key)
    {
        if (Value(key) is not { } text)
        {
            return null;
        }

        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span))
        {
            return span;
        }

        failures.Add($"{Key(key)} is not a time span. Example: 00:01:10.");
        return null;
    }

    private long? Integer(string key, long maximum = int.MaxValue)
    {
        if (Value(key) is not { } text)
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number <= maximum
            && number >= -maximum)
        {
            return number;
        }

        failures.Add($"{Key(key)} is not an integer or is out of range.");
        return null;
    }

    private string? Value(string key) => configuration[key] is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    private string Key(string key) => configuration is IConfigurationSection section ? section.Path + ":" + key : key;
}
