using Bitrix24.Batches;

namespace Bitrix24;

/// <summary>Batch size, concurrency and progress reporting of many calls.</summary>
public sealed class CallManyOptions
{
    /// <summary>Gets or sets the maximum number of calls in one request: 1 to 50. Default: 50, the limit of a portal.</summary>
    public int BatchSize { get; set; } = BatchRunOptions.MaxBatchSize;

    /// <summary>
    /// Gets or sets the maximum number of requests at the same time: 1 to 50. Default: 1. The rate limit of the portal applies to all of them
    /// together, so more requests help only if they take longer than the rate limit lets them wait.
    /// </summary>
    public int MaxConcurrency { get; set; } = 1;

    /// <summary>
    /// Gets or sets how long a request waits for more calls from a slow source before it leaves with fewer than <see cref="BatchSize"/>: zero to
    /// one day, or <see cref="Timeout.InfiniteTimeSpan"/> to wait until it is full. Default: 200 milliseconds, from the first call on.
    /// </summary>
    public TimeSpan MaxBatchDelay { get; set; } = BatchRunOptions.DefaultMaxBatchDelay;

    /// <summary>
    /// Gets or sets a value indicating whether executing each of the methods twice has the same effect as executing it once. A batch of such
    /// calls is repeated after a lost response. Default: <see langword="null"/>, what the client knows of each method, and
    /// <see langword="false"/> for methods that it does not know.
    /// </summary>
    public bool? IsIdempotent { get; set; }

    /// <summary>
    /// Gets or sets the receiver of progress reports: one after each request, before its outcomes are returned. Default:
    /// <see langword="null"/>, no reports.
    /// </summary>
    public IProgress<CallManyProgress>? Progress { get; set; }

    internal BatchRunOptions ToRunOptions() => new(BatchSize, MaxConcurrency, MaxBatchDelay);
}
