using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Bitrix24.CallLists;
using Bitrix24.Diagnostics;
using Bitrix24.Errors;
using Bitrix24.Pipeline;
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
        return AddCallListsAsync(ToAsyncEnumerable(requests), options, cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<AddCallListOutcome> AddCallListsAsync(IAsyncEnumerable<AddCallListRequest> requests, AddCallListsOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        options ??= new AddCallListsOptions();
        options.Validate();
        return new SingleUseAsyncEnumerable<AddCallListOutcome>(SendBatchesAsync(requests, options.Copy(), cancellationToken));
    }

    private async IAsyncEnumerable<AddCallListOutcome> SendBatchesAsync(
        IAsyncEnumerable<AddCallListRequest> requests,
        AddCallListsOptions options,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var shutdown = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var batches = CallListBatches.ChunkAsync(requests, AddCallList, options, context.TimeProvider, shutdown.Token).GetAsyncEnumerator(CancellationToken.None);
        var inFlight = new Queue<Task<BatchOutcome>>();
        var breaker = new RunBreaker();
        var done = default(AddCallListsProgress);
        Task<(bool HasNext, Exception? Failure)>? next = null;
        var hasMore = true;
        Exception? stop = null;
        var yielded = 0;
        var finished = new BatchOutcome([]);
        try
        {
            while (true)
            {
                next ??= hasMore && stop is null && inFlight.Count < options.MaxConcurrency ? NextAsync(batches, cancellationToken) : null;
                if (inFlight.Count == 0 && (next is null || stop is not null))
                {
                    break;
                }

                if (inFlight.Count == 0 || (next is not null && await Task.WhenAny(next, inFlight.Peek()).ConfigureAwait(false) == next))
                {
                    (hasMore, var failure) = await next!.ConfigureAwait(false);
                    next = null;
                    stop ??= failure;
                    if (hasMore && stop is null)
                    {
                        inFlight.Enqueue(breaker.Reason is { } reason ? Task.FromResult(NotSent(batches.Current, reason)) : SendBatchAsync(batches.Current, shutdown.Token));
                    }

                    continue;
                }

                finished = await inFlight.Dequeue().ConfigureAwait(false);
                yielded = 0;
                breaker.Note(finished);
                done = finished.Outcomes.Aggregate(done, (sum, outcome) => sum.With(outcome));
                var failed = Report(options.Progress, done);
                stop ??= finished.StopReason ?? failed;
                while (yielded < finished.Outcomes.Count)
                {
                    yield return finished.Outcomes[yielded++];
                }
            }
        }
        finally
        {
            try
            {
                // Runs what the source has registered for it, which may fail.
                shutdown.Cancel();
            }
            finally
            {
                await EndAsync(finished.Outcomes.Skip(yielded), next, inFlight, batches).ConfigureAwait(false);
            }
        }

        Rethrow(stop, cancellationToken);
    }

    private static void Rethrow(Exception? stop, CancellationToken cancellationToken)
    {
        if (stop is not null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ExceptionDispatchInfo.Capture(stop).Throw();
        }
    }

    private static async IAsyncEnumerable<AddCallListRequest> ToAsyncEnumerable(IEnumerable<AddCallListRequest> requests)
    {
        foreach (var request in requests)
        {
            yield return request;
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }

    /// <summary>Does not throw: what is under way has to be waited for all the same.</summary>
    private static async Task<(bool HasNext, Exception? Failure)> NextAsync(IAsyncEnumerator<IReadOnlyList<PendingCallList>> batches, CancellationToken cancellationToken)
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

    /// <summary>Somebody may leave the enumeration early. Nobody looks at the other outcomes any more.</summary>
    private async Task EndAsync(IEnumerable<AddCallListOutcome> outcomes, Task? next, Queue<Task<BatchOutcome>> inFlight, IAsyncDisposable source)
    {
        if (next is not null)
        {
            await next.ConfigureAwait(false);
        }

        foreach (var batch in inFlight)
        {
            outcomes = outcomes.Concat((await batch.ConfigureAwait(false)).Outcomes);
        }

        foreach (var outcome in outcomes)
        {
            Log.OutcomeNotLookedAt(context.Logger, AddCallList.Method, outcome.Index, outcome.Id, outcome.Execution);
        }

        await source.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Does not throw: each request that may have been sent gets an outcome.</summary>
    private async Task<BatchOutcome> SendBatchAsync(IReadOnlyList<PendingCallList> batch, CancellationToken cancellationToken)
    {
        var own = batch[0].StandaloneCall;
        var commands = batch.Where(planned => planned.Command is not null).ToDictionary(KeyOf, planned => planned.Command!, StringComparer.Ordinal);
        var call = own ?? (commands.Count > 0 ? new CallContext(Batch, new BatchRequest { Halt = false, Commands = commands }) { IgnoresCancellationOnceSent = true } : null);
        try
        {
            if (own is not null)
            {
                var response = await pipeline.SendAsync<AddCallListResponse>(own, cancellationToken).ConfigureAwait(false);
                return new([new AddCallListOutcome(batch[0].Index, batch[0].Request, response)]);
            }

            var result = call is null ? new BatchResult() : (await pipeline.SendAsync<BatchResponse>(call, cancellationToken).ConfigureAwait(false)).Result;
            return new(WithoutSharedIds([.. batch.Select(planned => OutcomeOf(planned, result))]));
        }
        catch (Bitrix24Exception exception)
        {
            return Failed(batch, exception) with { Failure = exception };
        }
        catch (Exception exception) when (call is { CurrentAttemptMayHaveExecuted: true })
        {
            // Something of the application, a listener perhaps, that fails when the answer is there.
            return Failed(batch, TransportErrors.Broken(pipeline.ErrorsOf(AddCallList), sendingStarted: true, exception)) with { StopReason = exception };
        }
        catch (Exception exception)
        {
            return new([], StopReason: exception);
        }
    }

    /// <summary>What was planned is let go.</summary>
    private static BatchOutcome NotSent(IReadOnlyList<PendingCallList> batch, Bitrix24Exception reason)
    {
        foreach (var planned in batch)
        {
            planned.StandaloneCall?.Request.Release();
        }

        return Failed(batch, reason);
    }

    private static BatchOutcome Failed(IReadOnlyList<PendingCallList> batch, Bitrix24Exception exception) =>
        new([.. batch.Select(planned => new AddCallListOutcome(planned.Index, planned.Request, planned.ValidationError ?? exception))]);

    private AddCallListOutcome OutcomeOf(PendingCallList planned, BatchResult result)
    {
        if (planned.ValidationError is not null)
        {
            return new(planned.Index, planned.Request, planned.ValidationError);
        }

        var key = KeyOf(planned);
        if (result.Errors.TryGetValue(key, out var error))
        {
            var besideResult = result.Results.TryGetValue(key, out var value) && value.Type != JTokenType.Null;
            var failure = ErrorMapping.ToException(pipeline.ErrorsOf(AddCallList), HttpStatusCode.OK, new PortalError(error.RawErrorCode, error.ErrorDescription, besideResult), retryAfter: null);
            Log.CommandFailed(context.Logger, failure.Method, FailureReason.NameOf(failure), failure.Execution, failure.ErrorCode);
            return new(planned.Index, planned.Request, failure is Bitrix24RateLimitException limit ? limit.WithRetryAfter(pipeline.UntilReset(AddCallList.Method)) : failure);
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

        return new(planned.Index, planned.Request, TransportErrors.NoResult(pipeline.ErrorsOf(AddCallList), HttpStatusCode.OK));
    }

    /// <summary>Two lists cannot have one id: it is unknown which of them was created, if any was.</summary>
    private AddCallListOutcome[] WithoutSharedIds(AddCallListOutcome[] outcomes)
    {
        var seen = new HashSet<long>();
        var shared = new HashSet<long>(outcomes.Select(outcome => outcome.Id).OfType<long>().Where(id => !seen.Add(id)));
        return shared.Count == 0 ? outcomes : Array.ConvertAll(outcomes, outcome => outcome.Id is { } id && shared.Contains(id)
            ? new AddCallListOutcome(outcome.Index, outcome.Request, TransportErrors.SharedId(pipeline.ErrorsOf(AddCallList), id))
            : outcome);
    }

    /// <summary>With a letter: portals turn keys that are numbers from 0 on into a list.</summary>
    private static string KeyOf(PendingCallList planned) => FormattableString.Invariant($"c{planned.Index}");
}
