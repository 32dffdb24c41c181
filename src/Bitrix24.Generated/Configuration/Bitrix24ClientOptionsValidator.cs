using Bitrix24.Http;
using Microsoft.Extensions.Options;

namespace Bitrix24.Configuration;

/// <summary>Validates the options. Messages name the invalid option.</summary>
/// <param name="optionsName">The name of the options to validate.</param>
/// <param name="credentialsRequired">Whether <see cref="Bitrix24ClientOptions.Credentials"/> is required.</param>
internal sealed class Bitrix24ClientOptionsValidator(string optionsName, bool credentialsRequired) : IValidateOptions<Bitrix24ClientOptions>
{
    private const long MinResponseSize = 1024;
    private const int MaxAttemptsLimit = 100;

    private static readonly TimeSpan MaxTimeout = TimeSpan.FromDays(1);
    private static readonly TimeSpan MinDelay = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, Bitrix24ClientOptions options)
    {
        if (name != optionsName)
        {
            return ValidateOptionsResult.Skip;
        }

        var failures = new List<string>();
        if (options.Credentials is null && credentialsRequired)
        {
            failures.Add("Credentials is not set. Use Bitrix24Credentials.Webhook, AccessToken or OAuth.");
        }

        if ((options.AttemptTimeout <= TimeSpan.Zero || options.AttemptTimeout > MaxTimeout)
            && options.AttemptTimeout != Timeout.InfiniteTimeSpan)
        {
            failures.Add(
                $"AttemptTimeout is {options.AttemptTimeout}; it must be greater than zero and at most {MaxTimeout}, or infinite.");
        }

        if (options.ApplicationName is not null && !UserAgent.IsProduct(options.ApplicationName))
        {
            failures.Add("ApplicationName is invalid. Use a name or name/version, consisting of letters, digits and the characters . - _");
        }

        if (options.RateLimit is null)
        {
            failures.Add("RateLimit is null. Use Bitrix24RateLimit.Unlimited to send without a limit.");
        }
        else if (options.RateLimit.MaxWait < TimeSpan.Zero || options.RateLimit.MaxWait > MaxTimeout)
        {
            failures.Add($"RateLimit.MaxWait is {options.RateLimit.MaxWait}; it must be between zero and {MaxTimeout}.");
        }

        Validate(options.Retry, failures);
        if (options.ExecutionTimeBudget <= TimeSpan.Zero)
        {
            failures.Add($"ExecutionTimeBudget is {options.ExecutionTimeBudget}; it must be greater than zero or not set.");
        }

        if (options.MaxResponseSize is < MinResponseSize or > int.MaxValue)
        {
            failures.Add(FormattableString.Invariant(
                $"MaxResponseSize is {options.MaxResponseSize}; it must be between {MinResponseSize} and {int.MaxValue}."));
        }

        if (options.MaxTotalResponseSize < MinResponseSize)
        {
            failures.Add(FormattableString.Invariant(
                $"MaxTotalResponseSize is {options.MaxTotalResponseSize}; it must be at least {MinResponseSize}."));
        }

        if (options.TimeProvider is null)
        {
            failures.Add("TimeProvider is null. Use TimeProvider.System.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    internal static void ThrowIfInvalid(Bitrix24ClientOptions options, bool credentialsRequired = true)
    {
        var result = new Bitrix24ClientOptionsValidator(Options.DefaultName, credentialsRequired).Validate(Options.DefaultName, options);
        if (result.Failed)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(Bitrix24ClientOptions), result.Failures);
        }
    }

    private static void Validate(Bitrix24RetryOptions? retry, List<string> failures)
    {
        if (retry is null)
        {
            failures.Add("Retry is null. Set Retry.MaxAttempts to 1 to disable retries.");
            return;
        }

        if (retry.MaxAttempts is < 1 or > MaxAttemptsLimit)
        {
            failures.Add(FormattableString.Invariant(
                $"Retry.MaxAttempts is {retry.MaxAttempts}; it must be between 1 and {MaxAttemptsLimit}."));
        }

        if (retry.BaseDelay < MinDelay || retry.BaseDelay > MaxDelay)
        {
            failures.Add($"Retry.BaseDelay is {retry.BaseDelay}; it must be between {MinDelay} and {MaxDelay}.");
        }

        if (retry.MaxDelay < retry.BaseDelay || retry.MaxDelay > MaxDelay)
        {
            failures.Add($"Retry.MaxDelay is {retry.MaxDelay}; it must be between Retry.BaseDelay and {MaxDelay}.");
        }
    }
}
