using System.Runtime.CompilerServices;

namespace Bitrix24.Batches;

/// <summary>Takes calls from their source and divides them into batches. A slow source does not hold back the calls that it gave.</summary>
internal sealed class BatchSource<T>(
    IAsyncEnumerable<T> source,
    Func<int, T, PendingCall> toCall,
    BatchRunOptions options,
    TimeProvider timeProvider
)
{
    internal async IAsyncEnumerable<CallBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var calls = source.GetAsyncEnumerator(cancellationToken);
        var next = Task.FromResult(false);
        try
        {
            var builder = new BatchBuilder(options.BatchSize);
            var (index, waitingSince) = (0, 0L);
            while (true)
            {
                next = calls.MoveNextAsync().AsTask();
                if (builder.CanFlush && !await IsInTimeAsync(next, waitingSince).ConfigureAwait(false))
                {
                    yield return builder.Flush();
                }

                if (!await next.ConfigureAwait(false))
                {
                    break;
                }

                var call = toCall(index, calls.Current);
                index = checked(index + 1);
                waitingSince = builder.CanFlush ? waitingSince : timeProvider.GetTimestamp();

                // A full batch does not wait for the next call.
                foreach (var batch in builder.Add(call))
                {
                    yield return batch;
                }
            }

            foreach (var batch in builder.Complete())
            {
                yield return batch;
            }
        }
        finally
        {
            await DisposeAsync(calls, next).ConfigureAwait(false);
        }
    }

    /// <summary>Returns whether the source gives its next call before the batch has to leave.</summary>
    private async Task<bool> IsInTimeAsync(Task<bool> next, long waitingSince)
    {
        if (next.IsCompleted || options.MaxBatchDelay == Timeout.InfiniteTimeSpan)
        {
            return true;
        }

        var rest = options.MaxBatchDelay - timeProvider.GetElapsedTime(waitingSince);
        if (rest <= TimeSpan.Zero)
        {
            return false;
        }

        using var ended = new CancellationTokenSource();
        var first = await Task.WhenAny(next, Task.Delay(rest, timeProvider, ended.Token)).ConfigureAwait(false);
        ended.Cancel();
        return first == next;
    }

    /// <summary>A source must not be disposed while it looks for its next call.</summary>
    private static async Task DisposeAsync(IAsyncDisposable source, Task next)
    {
        await Task.WhenAny(next).ConfigureAwait(false);
        _ = next.Exception;
        await source.DisposeAsync().ConfigureAwait(false);
    }
}
