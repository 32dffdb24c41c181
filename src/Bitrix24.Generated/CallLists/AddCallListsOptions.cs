using Bitrix24.Validation;

namespace Bitrix24;

/// <summary>Represents the options for creating many call lists: batch size, concurrency and progress reporting.</summary>
public sealed class AddCallListsOptions
{
    /// <summary>
    /// Gets or sets the maximum number of call lists per request: 1 to 50. Default is 50, the maximum that portals accept.
    /// </summary>
    public int BatchSize { get; set; } = 50;

    /// <summary>
    /// Gets or sets the maximum number of concurrent requests: 1 to 50. Default is 1. The rate limit applies to all of them together, so a
    /// higher value helps only if a request takes longer than the interval that the limit allows.
    /// </summary>
    public int MaxConcurrency { get; set; } = 1;

    /// <summary>
    /// Gets or sets how long an incomplete batch waits for more call lists from a slow source: zero to one day, or
    /// <see cref="Timeout.InfiniteTimeSpan"/> to wait until the batch is full. The time starts with the first list of the batch. Default is
    /// 200 milliseconds.
    /// </summary>
    public TimeSpan MaxBatchDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Gets or sets the receiver of progress reports. A report is sent for each completed request, before its outcomes are returned.
    /// Default is <see langword="null"/>.
    /// </summary>
    public IProgress<AddCallListsProgress>? Progress { get; set; }

    /// <summary>Returns a copy that the application cannot change.</summary>
    internal AddCallListsOptions Copy() => (AddCallListsOptions)MemberwiseClone();

    internal void Validate()
    {
        if (BatchSize is < 1 or > 50)
        {
            throw RequestValidation.InvalidArgument(
                FormattableString.Invariant($"{nameof(BatchSize)} is {BatchSize}; it must be between 1 and 50."), "options");
        }

        if (MaxConcurrency is < 1 or > 50)
        {
            throw RequestValidation.InvalidArgument(
                FormattableString.Invariant($"{nameof(MaxConcurrency)} is {MaxConcurrency}; it must be between 1 and 50."), "options");
        }

        if ((MaxBatchDelay < TimeSpan.Zero || MaxBatchDelay > TimeSpan.FromDays(1)) && MaxBatchDelay != Timeout.InfiniteTimeSpan)
        {
            throw RequestValidation.InvalidArgument(
                $"{nameof(MaxBatchDelay)} is {MaxBatchDelay}; it must be between zero and one day, or infinite.", "options");
        }
    }
}
