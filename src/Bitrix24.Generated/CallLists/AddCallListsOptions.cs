using Bitrix24.Batches;

namespace Bitrix24;

/// <summary>Represents the options for creating many call lists: batch size, concurrency and progress reporting.</summary>
public sealed class AddCallListsOptions
{
    /// <summary>
    /// Gets or sets the maximum number of call lists per request: 1 to 50. Default is 50, the maximum that portals accept.
    /// </summary>
    public int BatchSize { get; set; } = BatchRunOptions.MaxBatchSize;

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
    public TimeSpan MaxBatchDelay { get; set; } = BatchRunOptions.DefaultMaxBatchDelay;

    /// <summary>
    /// Gets or sets the receiver of progress reports. A report is sent for each completed request, before its outcomes are returned.
    /// Default is <see langword="null"/>.
    /// </summary>
    public IProgress<AddCallListsProgress>? Progress { get; set; }

    internal BatchRunOptions ToRunOptions() => new(BatchSize, MaxConcurrency, MaxBatchDelay);
}
