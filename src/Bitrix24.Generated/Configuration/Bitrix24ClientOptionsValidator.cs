using Bitrix24.Http;
using Microsoft.Extensions.Options;

namespace Bitrix24.Configuration;

/// <summary>Says what is wrong with the options, by the name of the option.</summary>
/// <param name="credentialsRequired">Whether there is one portal to call, named in the options.</param>
internal sealed class Bitrix24ClientOptionsValidator(bool credentialsRequired) : IValidateOptions<Bitrix24ClientOptions>
{
    private const long MinResponseSize = 1024;
    private const int MaxAttemptsLimit = 100;

    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(1);
    private static readonly TimeSpan ShortestDelay = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, Bitrix24ClientOptions options)
    {
        var failures = new List<string>();
        if (options.Credentials is null && credentialsRequired)
        {
            failures.Add("Credentials is not set. Use Bitrix24Credentials.Webhook, AccessToken or OAuth.");
        }

        if ((options.AttemptTimeout <= TimeSpan.Zero || options.AttemptTimeout > LongestTimeout) && options.AttemptTimeout != Timeout.InfiniteTimeSpan)
        {
            failures.Add($"AttemptTimeout is {options.AttemptTimeout}; it must be greater than zero and at most {LongestTimeout}, or infinite.");
        }

        if (options.ApplicationName is not null && !UserAgent.IsProduct(options.ApplicationName))
        {
            failures.Add("ApplicationName must be a name or name/version, of letters, digits and the characters . - _");
        }

        if (options.RateLimit is null)
        {
            failures.Add("RateLimit is null. Use Bitrix24RateLimit.Unlimited to send without a limit.");
        }
        else if (options.RateLimit.MaxWait < TimeSpan.Zero || options.RateLimit.MaxWait > LongestTimeout)
        {
            failures.Add($"RateLimit.MaxWait is {options.RateLimit.MaxWait}; it must be zero to {LongestTimeout}.");
        }

        Validate(options.Retry, failures);
        if (options.ExecutionTimeBudget <= TimeSpan.Zero)
        {
            failures.Add($"ExecutionTimeBudget is {options.ExecutionTimeBudget}; it must be greater than zero, or not set.");
        }

        if (options.MaxResponseSize is < MinResponseSize or > int.MaxValue)
        {
            failures.Add(FormattableString.Invariant($"MaxResponseSize is {options.MaxResponseSize}; it must be {MinResponseSize} to {int.MaxValue}."));
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
        var result = new Bitrix24ClientOptionsValidator(credentialsRequired).Validate(name: null, options);
        if (result.Failed)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(Bitrix24ClientOptions), result.Failures);
        }
    }

    private static void Validate(Bitrix24RetryOptions? retry, List<string> failures)
    {
        if (retry is null)
        {
            failures.Add("Retry is null. Set Retry.MaxAttempts to 1 to never try again.");
            return;
        }

        if (retry.MaxAttempts is < 1 or > MaxAttemptsLimit)
        {
            failures.Add(FormattableString.Invariant($"Retry.MaxAttempts is {retry.MaxAttempts}; it must be 1 to {MaxAttemptsLimit}."));
        }

        if (retry.BaseDelay < ShortestDelay || retry.BaseDelay > LongestDelay)
        {
            failures.Add($"Retry.BaseDelay is {retry.BaseDelay}; it must be {ShortestDelay} to {LongestDelay}.");
        }

        if (retry.MaxDelay < retry.BaseDelay || retry.MaxDelay > LongestDelay)
        {
            failures.Add($"Retry.MaxDelay is {retry.MaxDelay}; it must be Retry.BaseDelay to {LongestDelay}.");
        }
    }
}
