using System.Runtime.CompilerServices;

namespace Bitrix24;

/// <summary>Divides many call lists that are to be made into what one request can carry, in their order.</summary>
internal static class CallListBatches
{
    /// <summary>How many characters the commands of a batch have at most: well below what front ends take in one request.</summary>
    internal const int MaxLength = 512 * 1024;

    internal static async IAsyncEnumerable<IReadOnlyList<PlannedCallList>> DivideAsync(
        IAsyncEnumerable<AddCallListRequest> requests,
        Operation operation,
        int batchSize,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var batch = new List<PlannedCallList>(batchSize);
        var length = 0;
        var index = 0;
        await foreach (var request in requests.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            var planned = Plan(index, request, operation);
            index = checked(index + 1);
            var added = planned.Command?.Length ?? 0;
            if (batch.Count > 0 && (length + added > MaxLength || planned.OwnCall is not null))
            {
                yield return batch;
                batch = new List<PlannedCallList>(batchSize);
                length = 0;
            }

            batch.Add(planned);
            length += added;

            // A full one does not wait for what comes next.
            if (planned.OwnCall is not null || batch.Count == batchSize)
            {
                yield return batch;
                batch = new List<PlannedCallList>(batchSize);
                length = 0;
            }
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    private static PlannedCallList Plan(int index, AddCallListRequest? request, Operation operation)
    {
        if (request is null)
        {
            throw RequestCheck.Refused(FormattableString.Invariant($"Request {index} is null."), "requests");
        }

        var planned = new PlannedCallList(index, request);
        try
        {
            var command = BatchCommand.AddCallList(request);
            return BatchCommand.CountParameters(command) > BatchCommand.MaxParameters || command.Length > MaxLength
                ? planned with { OwnCall = new Call(operation, request) { SeesSendingThrough = true } }
                : planned with { Command = command };
        }
        catch (ArgumentException exception)
        {
            var failure = new CallFailure(operation.Method, CallExecution.NotExecuted, $"{operation.Method} was not sent: {WithoutParameter(exception)}") { Attempts = 0, Cause = exception };
            return planned with { Refusal = new Bitrix24InvalidRequestException(failure) };
        }
    }

    /// <summary>The name of the parameter stands behind the message, on some frameworks on a line of its own, and says nothing here.</summary>
    private static string WithoutParameter(ArgumentException exception) => exception.Message.Split('\r', '\n')[0].Replace($" (Parameter '{exception.ParamName}')", string.Empty);
}
