namespace Bitrix24.Batches;

/// <summary>The outcome of a batch.</summary>
/// <param name="Results">A result for each call that may have been sent.</param>
/// <param name="Failure">The reason why the request of the whole batch failed; <see langword="null"/> if it did not.</param>
/// <param name="StopReason">The reason to send no further batch; <see langword="null"/> if there is none.</param>
internal sealed record BatchOutcome<TResponse>(
    IReadOnlyList<CallResult<TResponse>> Results,
    Bitrix24Exception? Failure = null,
    Exception? StopReason = null)
    where TResponse : class;
