using System.Runtime.CompilerServices;
using Bitrix24.Errors;
using Bitrix24.Operations;
using Bitrix24.Pipeline;
using Bitrix24.Validation;

namespace Bitrix24.CallLists;

/// <summary>Divides many call lists that are to be made into what one request can carry, in their order.</summary>
internal static class CallListBatches
{
    /// <summary>How many characters the commands of a batch have at most: well below what front ends take in one request.</summary>
    internal const int MaxLength = 512 * 1024;

    internal static async IAsyncEnumerable<IReadOnlyList<PendingCallList>> ChunkAsync(
        IAsyncEnumerable<AddCallListRequest> requests,
        OperationDescriptor operation,
        AddCallListsOptions options,
        TimeProvider timeProvider,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var source = requests.GetAsyncEnumerator(cancellationToken);
        var next = Task.FromResult(false);
        try
        {
            var batch = new List<PendingCallList>(options.BatchSize);
            var (length, index, begun) = (0, 0, 0L);
            while (true)
            {
                next = source.MoveNextAsync().AsTask();
                if (batch.Count > 0 && !await IsInTimeAsync(next, begun, options.MaxBatchDelay, timeProvider).ConfigureAwait(false))
                {
                    yield return batch;
                    (batch, length) = (new List<PendingCallList>(options.BatchSize), 0);
                }

                if (!await next.ConfigureAwait(false))
                {
                    break;
                }

                var planned = Plan(index, source.Current, operation);
                index = checked(index + 1);
                var added = planned.Command?.Length ?? 0;
                if (batch.Count > 0 && (length + added > MaxLength || planned.StandaloneCall is not null))
                {
                    yield return batch;
                    (batch, length) = (new List<PendingCallList>(options.BatchSize), 0);
                }

                begun = batch.Count == 0 ? timeProvider.GetTimestamp() : begun;
                batch.Add(planned);
                length += added;

                // A full one does not wait for what comes next.
                if (planned.StandaloneCall is not null || batch.Count == options.BatchSize)
                {
                    yield return batch;
                    (batch, length) = (new List<PendingCallList>(options.BatchSize), 0);
                }
            }

            if (batch.Count > 0)
            {
                yield return batch;
            }
        }
        finally
        {
            await DisposeAsync(source, next).ConfigureAwait(false);
        }
    }

    /// <summary>Returns whether the source gives its next request before the batch has to leave.</summary>
    private static async Task<bool> IsInTimeAsync(Task<bool> next, long begun, TimeSpan maxDelay, TimeProvider timeProvider)
    {
        if (next.IsCompleted || maxDelay == Timeout.InfiniteTimeSpan)
        {
            return true;
        }

        var rest = maxDelay - timeProvider.GetElapsedTime(begun);
        if (rest <= TimeSpan.Zero)
        {
            return false;
        }

        using var ended = new CancellationTokenSource();
        var first = await Task.WhenAny(next, Task.Delay(rest, timeProvider, ended.Token)).ConfigureAwait(false);
        ended.Cancel();
        return first == next;
    }

    /// <summary>A source must not be disposed of while it looks for its next request.</summary>
    private static async Task DisposeAsync(IAsyncDisposable source, Task next)
    {
        await Task.WhenAny(next).ConfigureAwait(false);
        _ = next.Exception;
        await source.DisposeAsync().ConfigureAwait(false);
    }

    private static PendingCallList Plan(int index, AddCallListRequest? request, OperationDescriptor operation)
    {
        if (request is null)
        {
            throw RequestValidation.InvalidArgument(FormattableString.Invariant($"Request {index} is null."), "requests");
        }

        var planned = new PendingCallList(index, request);
        try
        {
            var command = BatchCommand.AddCallList(request);
            return BatchCommand.CountParameters(command) > BatchCommand.MaxParameters || command.Length > MaxLength
                ? planned with { StandaloneCall = new CallContext(operation, request) { IgnoresCancellationOnceSent = true } }
                : planned with { Command = command };
        }
        catch (ArgumentException exception)
        {
            var failure = new ErrorDetails(operation.Method, CallExecution.NotExecuted, $"{operation.Method} was not sent: {WithoutParameter(exception)}") { Attempts = 0, Cause = exception };
            return planned with { ValidationError = new Bitrix24InvalidRequestException(failure) };
        }
    }

    /// <summary>The name of the parameter stands behind the message, on some frameworks on a line of its own, and says nothing here.</summary>
    private static string WithoutParameter(ArgumentException exception) => exception.Message.Split('\r', '\n')[0].Replace($" (Parameter '{exception.ParamName}')", string.Empty);
}
