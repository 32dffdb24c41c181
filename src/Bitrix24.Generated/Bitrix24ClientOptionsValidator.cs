using Microsoft.Extensions.Options;

namespace Bitrix24;

/// <summary>Says what is wrong with the options, by the name of the option.</summary>
internal sealed class Bitrix24ClientOptionsValidator : IValidateOptions<Bitrix24ClientOptions>
{
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, Bitrix24ClientOptions options)
    {
        var failures = new List<string>();
        if (options.Credentials is null)
        {
            failures.Add("Credentials is not set. Use Bitrix24Credentials.Webhook(url) or Bitrix24Credentials.AccessToken(portalUrl, token).");
        }

        if ((options.AttemptTimeout <= TimeSpan.Zero || options.AttemptTimeout > LongestTimeout) && options.AttemptTimeout != Timeout.InfiniteTimeSpan)
        {
            failures.Add($"AttemptTimeout is {options.AttemptTimeout}; it must be greater than zero and at most {LongestTimeout}, or infinite.");
        }

        if (options.ApplicationName is not null && !UserAgent.IsProduct(options.ApplicationName))
        {
            failures.Add("ApplicationName must be a name or name/version, of letters, digits and the characters . - _");
        }

        if (options.TimeProvider is null)
        {
            failures.Add("TimeProvider is null. Use TimeProvider.System.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    internal static void ThrowIfInvalid(Bitrix24ClientOptions options)
    {
        var result = new Bitrix24ClientOptionsValidator().Validate(name: null, options);
        if (result.Failed)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(Bitrix24ClientOptions), result.Failures);
        }
    }
}
