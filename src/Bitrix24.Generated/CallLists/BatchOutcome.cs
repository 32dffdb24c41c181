namespace Bitrix24.CallLists;

/// <summary>What came of a batch of call lists.</summary>
/// <param name="Outcomes">An outcome for each request that may have been sent.</param>
/// <param name="Failure">Why the request of the whole batch failed; <see langword="null"/> when it did not.</param>
/// <param name="StopReason">Why no further batch is to be sent; <see langword="null"/> when others may be.</param>
internal sealed record BatchOutcome(IReadOnlyList<AddCallListOutcome> Outcomes, Bitrix24Exception? Failure = null, Exception? StopReason = null);
