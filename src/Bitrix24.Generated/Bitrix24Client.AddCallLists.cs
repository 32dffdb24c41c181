using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Bitrix24;

/// <content>Many call lists. Whatever may have been sent has an outcome before the enumeration ends, however it ends.</content>
public sealed partial class Bitrix24Client
{
    /// <inheritdoc/>
    public IAsyncEnumerable<AddCallListOutcome> AddCallListsAsync(IEnumerable<AddCallListRequest> requests, AddCallListsOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        return AddCallListsAsync(OneByOneAsync(requests), options, cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<AddCallListOutcome> AddCallListsAsync(IAsyncEnumerable<AddCallListRequest> requests, AddCallListsOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        options ??= new AddCallListsOptions();
        options.Validate();
        return new OnceEnumerable<AddCallListOutcome>(SendBatchesAsync(requests, options.BatchSize, options.MaxConcurrency, options.Progress, cancellationToken));
    }

    private async IAsyncEnumerable<AddCallListOutcome> SendBatchesAsync(
        IAsyncEnumerable<AddCallListRequest> requests,
        int batchSize,
        int maxConcurrency,
        IProgress<AddCallListsProgress>? progress,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var batches = CallListBatches.DivideAsync(requests, AddCallList, batchSize, leaving.Token).GetAsyncEnumerator(CancellationToken.None);
        var underWay = new Queue<Task<FinishedBatch>>();
        var done = default(AddCallListsProgress);
        Task<(bool HasNext, Exception? Failure)>? next = null;
        var isMore = true;
        Exception? stop = null;
        try
        {
            while (true)
            {
                next ??= isMore && stop is null && underWay.Count < maxConcurrency ? NextAsync(batches, cancellationToken) : null;
                if (next is null && underWay.Count == 0)
                {
                    break;
                }

                if (underWay.Count == 0 || (next is not null && await Task.WhenAny(next, underWay.Peek()).ConfigureAwait(false) == next))
                {
                    (isMore, stop) = await next!.ConfigureAwait(false);
                    next = null;
                    if (isMore)
                    {
                        underWay.Enqueue(SendBatchAsync(batches.Current, leaving.Token));
                    }

                    continue;
                }

                var finished = await underWay.Dequeue().ConfigureAwait(false);
                done = finished.Outcomes.Aggregate(done, (sum, outcome) => sum.With(outcome));
                stop ??= finished.Stop ?? Report(progress, done);
                foreach (var outcome in finished.Outcomes)
                {
                    yield return outcome;
                }
            }
        }
        finally
        {
            leaving.Cancel();
            await EndAsync(next, underWay).ConfigureAwait(false);
            await batches.DisposeAsync().ConfigureAwait(false);
        }

        if (stop is not null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ExceptionDispatchInfo.Capture(stop).Throw();
        }
    }

    private static async IAsyncEnumerable<AddCallListRequest> OneByOneAsync(IEnumerable<AddCallListRequest> requests)
    {
        foreach (var request in requests)
        {
            yield return request;
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }

    /// <summary>Does not throw: what is under way has to be waited for all the same.</summary>
    private static async Task<(bool HasNext, Exception? Failure)> NextAsync(IAsyncEnumerator<IReadOnlyList<PlannedCallList>> batches, CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            return (await batches.MoveNextAsync().ConfigureAwait(false), null);
        }
        catch (Exception exception)
        {
            return (false, exception);
        }
    }

    private static Exception? Report(IProgress<AddCallListsProgress>? progress, AddCallListsProgress done)
    {
        try
        {
            progress?.Report(done);
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    /// <summary>Somebody may leave the enumeration while batches are under way. Nobody looks at their outcomes any more.</summary>
    private async Task EndAsync(Task? next, Queue<Task<FinishedBatch>> underWay)
    {
        if (next is not null)
        {
            await next.ConfigureAwait(false);
        }

        foreach (var batch in underWay)
        {
            foreach (var outcome in (await batch.ConfigureAwait(false)).Outcomes)
            {
                Log.OutcomeNotLookedAt(runtime.Logger, AddCallList.Method, outcome.Index, outcome.Id, outcome.Execution);
            }
        }
    }

    /// <summary>Does not throw: each request that may have been sent gets an outcome.</summary>
    private async Task<FinishedBatch> SendBatchAsync(IReadOnlyList<PlannedCallList> batch, CancellationToken cancellationToken)
    {
        try
        {
            if (batch[0].OwnCall is { } call)
            {
                var response = await CallAsync<AddCallListResponse>(call, cancellationToken).ConfigureAwait(false);
                return new([new AddCallListOutcome(batch[0].Index, batch[0].Request, response)]);
            }

            var commands = batch.Where(planned => planned.Command is not null).ToDictionary(KeyOf, planned => planned.Command!, StringComparer.Ordinal);
            var result = new BatchResult();
            if (commands.Count > 0)
            {
                var request = new BatchRequest { Halt = false, Commands = commands };
                result = (await CallAsync<BatchResponse>(new Call(Batch, request) { SeesSendingThrough = true }, cancellationToken).ConfigureAwait(false)).Result;
            }

            return new([.. batch.Select(planned => OutcomeOf(planned, result))]);
        }
        catch (OperationCanceledException exception)
        {
            // Only the waits before the sending are cancelled.
            return new([], exception);
        }
        catch (Bitrix24Exception exception)
        {
            return new([.. batch.Select(planned => new AddCallListOutcome(planned.Index, planned.Request, planned.Refusal ?? exception))]);
        }
        catch (Exception exception)
        {
            // A logger of the application, for example, that fails when the answer is there.
            var failure = TransportFailure.Broken(ContextOf(AddCallList), sendingStarted: true, exception);
            return new([.. batch.Select(planned => new AddCallListOutcome(planned.Index, planned.Request, planned.Refusal ?? (Bitrix24Exception)failure))], exception);
        }
    }

    private AddCallListOutcome OutcomeOf(PlannedCallList planned, BatchResult result)
    {
        if (planned.Refusal is not null)
        {
            return new(planned.Index, planned.Request, planned.Refusal);
        }

        var key = KeyOf(planned);
        if (result.Errors.TryGetValue(key, out var error))
        {
            var besideResult = result.Results.TryGetValue(key, out var value) && value.Type != JTokenType.Null;
            var failure = ErrorMapping.ToException(ContextOf(AddCallList), HttpStatusCode.OK, new PortalError(error.RawErrorCode, error.ErrorDescription, besideResult), retryAfter: null);
            Log.CommandFailed(runtime.Logger, failure.Method, failure.ErrorCode, failure.Execution);
            return new(planned.Index, planned.Request, failure is Bitrix24RateLimitException limit ? limit.WithRetryAfter(executionTime.UntilReset(AddCallList.Method)) : failure);
        }

        try
        {
            if (result.ResultOf<AddCallListResponse>(key) is { } response)
            {
                return new(planned.Index, planned.Request, response);
            }
        }
        catch (JsonException)
        {
            // As good as none.
        }

        return new(planned.Index, planned.Request, TransportFailure.NoResult(ContextOf(AddCallList), HttpStatusCode.OK));
    }

    /// <summary>With a letter: portals turn keys that are numbers from 0 on into a list.</summary>
    private static string KeyOf(PlannedCallList planned) => FormattableString.Invariant($"c{planned.Index}");
}
