using Bitrix24.Batches;

namespace Bitrix24;

/// <summary>How many call lists are made at once, and who hears of it.</summary>
public sealed class AddCallListsOptions
{
    /// <summary>How many call lists one request makes: 1 to 50. Default: 50, which is what a portal takes.</summary>
    public int BatchSize { get; set; } = BatchRunOptions.MaxBatchSize;

    /// <summary>
    /// How many requests are under way at once: 1 to 50. Default: 1. The limits of the portal hold for all of them together, so that more only help where a request takes longer than its turn.
    /// </summary>
    public int MaxConcurrency { get; set; } = 1;

    /// <summary>
    /// Gets or sets how long a request to the portal waits for more call lists from a slow source before it leaves with fewer than <see cref="BatchSize"/>:
    /// zero to one day, or <see cref="Timeout.InfiniteTimeSpan"/> to wait until it is full. Default: 200 milliseconds, from the first list on.
    /// </summary>
    public TimeSpan MaxBatchDelay { get; set; } = BatchRunOptions.DefaultMaxBatchDelay;

    /// <summary>Hears of each finished request, before its outcomes are handed out. Default: nobody.</summary>
    public IProgress<AddCallListsProgress>? Progress { get; set; }

    internal BatchRunOptions ToRunOptions() => new(BatchSize, MaxConcurrency, MaxBatchDelay);
}
