using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Bitrix24.Diagnostics;
using Bitrix24.Operations;
using Microsoft.Extensions.Logging;

namespace Bitrix24.Batches;

/// <summary>
/// Sends many calls in batches and returns their results in order. Each call that may have been sent gets a result before the enumeration ends,
/// however it ends.
/// </summary>
internal sealed class BatchRun<TResponse>(BatchSender<TResponse> sender, BatchRunOptions options, TimeProvider timeProvider, ILogger logger)
    where TResponse : class, IResponse, new()
{
    private readonly RunBreaker breaker = new();

    /// <summary>Gets a function that looks at the results of a batch together.</summary>
    public Func<IReadOnlyList<CallResult<TResponse>>, IReadOnlyList<CallResult<TResponse>>> Review { get; set; } =
        static results => results;

    /// <summary>Gets the receiver of the results of each batch, before they are returned. If it throws, no further batch is sent.</summary>
    public Action<IReadOnlyList<CallResult<TResponse>>>? BatchCompleted { get; init; }

    /// <summary>Gets a function that returns the id that a call created, for the log.</summary>
    public Func<TResponse, long?> IdOf { get; set; } = static _ => null;

    internal async IAsyncEnumerable<CallResult<TResponse>> RunAsync<T>(
        IAsyncEnumerable<T> source,
        Func<int, T, PendingCall> toCall,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var shutdown = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var slots = new SemaphoreSlim(options.MaxConcurrency);
        var inFlight = Channel.CreateUnbounded<Task<BatchOutcome<TResponse>>>(
            new UnboundedChannelOptions { SingleReader = true, SingleWriter = true }
        );
        var batches = new BatchSource<T>(source, toCall, options, timeProvider).ReadAsync(reading.Token);
        var sending = SendAllAsync(batches, inFlight.Writer, slots, reading.Token, shutdown.Token);
        Exception? stop = null;
        IReadOnlyList<CallResult<TResponse>> results = [];
        var yielded = 0;
        try
        {
            while (
                await inFlight.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false) && inFlight.Reader.TryRead(out var next)
            )
            {
                var outcome = await next.ConfigureAwait(false);
                (results, yielded) = (Review(outcome.Results), 0);
                breaker.Note(results, outcome.Failure);
                stop ??= Report(results) ?? outcome.StopReason;
                StopReading(stop, reading);
                while (yielded < results.Count)
                {
                    yield return results[yielded++];
                }

                slots.Release();
            }

            stop ??= await sending.ConfigureAwait(false);
        }
        finally
        {
            try
            {
                // Runs callbacks of the source, which may throw.
                shutdown.Cancel();
                reading.Cancel();
            }
            finally
            {
                await EndAsync(results.Skip(yielded), sending, inFlight.Reader).ConfigureAwait(false);
            }
        }

        Rethrow(stop, cancellationToken);
    }

    /// <summary>Does not throw. Starts each batch when there is a slot for it.</summary>
    /// <returns>The reason why it ended early; <see langword="null"/> if the source ended.</returns>
    private async Task<Exception?> SendAllAsync(
        IAsyncEnumerable<CallBatch> batches,
        ChannelWriter<Task<BatchOutcome<TResponse>>> inFlight,
        SemaphoreSlim slots,
        CancellationToken reading,
        CancellationToken shutdown
    )
    {
        try
        {
            await slots.WaitAsync(reading).ConfigureAwait(false);
            await foreach (var batch in batches.ConfigureAwait(false))
            {
                reading.ThrowIfCancellationRequested();
                inFlight.TryWrite(
                    breaker.ReasonFor(batch) is { } reason
                        ? Task.FromResult(BatchSender<TResponse>.NotSent(batch, reason))
                        : sender.SendAsync(batch, shutdown)
                );
                await slots.WaitAsync(reading).ConfigureAwait(false);
            }

            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
        finally
        {
            inFlight.Complete();
        }
    }

    private Exception? Report(IReadOnlyList<CallResult<TResponse>> results)
    {
        try
        {
            BatchCompleted?.Invoke(results);
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    /// <summary>Batches that are in flight go on. The reason to stop counts, not what a callback of the source throws.</summary>
    private static void StopReading(Exception? stop, CancellationTokenSource reading)
    {
        try
        {
            if (stop is not null)
            {
                reading.Cancel();
            }
        }
        catch (AggregateException)
        {
            // See the summary.
        }
    }

    /// <summary>A caller that stops enumerating early gets no further results: they are logged.</summary>
    private async Task EndAsync(
        IEnumerable<CallResult<TResponse>> results,
        Task sending,
        ChannelReader<Task<BatchOutcome<TResponse>>> inFlight
    )
    {
        await sending.ConfigureAwait(false);
        while (inFlight.TryRead(out var next))
        {
            results = results.Concat((await next.ConfigureAwait(false)).Results);
        }

        foreach (var result in results)
        {
            var id = result.Response is { } response ? IdOf(response) : null;
            Log.OutcomeNotLookedAt(logger, result.Call.Operation.Method, result.Call.Index, id, result.Execution);
        }
    }

    private static void Rethrow(Exception? stop, CancellationToken cancellationToken)
    {
        if (stop is not null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ExceptionDispatchInfo.Capture(stop).Throw();
        }
    }
}
