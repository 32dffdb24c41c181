using Bitrix24.Validation;

namespace Bitrix24.Batches;

/// <summary>How many calls are sent in one request, and how many requests at the same time.</summary>
internal sealed record BatchRunOptions(int BatchSize, int MaxConcurrency, TimeSpan MaxBatchDelay)
{
    internal const int MaxBatchSize = 50;

    internal static readonly TimeSpan DefaultMaxBatchDelay = TimeSpan.FromMilliseconds(200);

    private const int MaxRequests = 50;

    private static readonly TimeSpan MaxDelay = TimeSpan.FromDays(1);

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    internal BatchRunOptions Validated()
    {
        if (BatchSize is < 1 or > MaxBatchSize)
        {
            throw Invalid(FormattableString.Invariant($"{nameof(BatchSize)} is {BatchSize}; it must be 1 to {MaxBatchSize}."));
        }

        if (MaxConcurrency is < 1 or > MaxRequests)
        {
            throw Invalid(FormattableString.Invariant($"{nameof(MaxConcurrency)} is {MaxConcurrency}; it must be 1 to {MaxRequests}."));
        }

        if ((MaxBatchDelay < TimeSpan.Zero || MaxBatchDelay > MaxDelay) && MaxBatchDelay != Timeout.InfiniteTimeSpan)
        {
            throw Invalid($"{nameof(MaxBatchDelay)} is {MaxBatchDelay}; it must be zero to {MaxDelay}, or infinite.");
        }

        return this;
    }

    private static ArgumentException Invalid(string message) => RequestValidation.InvalidArgument(message, "options");
}
