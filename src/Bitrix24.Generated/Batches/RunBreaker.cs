using System.Collections.Concurrent;

namespace Bitrix24.Batches;

/// <summary>Stops a run when the portal refuses requests for a reason that applies to other requests as well.</summary>
internal sealed class RunBreaker
{
    private const int MaxConnectionFailures = 3;

    private readonly ConcurrentDictionary<string, Bitrix24Exception> refusedMethods = new(StringComparer.OrdinalIgnoreCase);
    private volatile Bitrix24Exception? refusal;
    private int connectionFailures;

    /// <summary>Returns the reason not to send a batch; <see langword="null"/> if it may be sent.</summary>
    internal Bitrix24Exception? ReasonFor(CallBatch batch) =>
        refusal
        ?? (
            refusedMethods.IsEmpty || !batch.Calls.All(call => refusedMethods.ContainsKey(call.Operation.Method))
                ? null
                : refusedMethods[batch.Calls[0].Operation.Method]
        );

    /// <summary>Learns from a batch. A portal refuses the commands of a batch, not the batch, if the caller may call one method and not another.</summary>
    /// <param name="results">The results of the batch.</param>
    /// <param name="failure">The reason why the request of the whole batch failed; <see langword="null"/> if it did not.</param>
    internal void Note<TResponse>(IReadOnlyList<CallResult<TResponse>> results, Bitrix24Exception? failure)
        where TResponse : class
    {
        var isWithoutConnection = failure is Bitrix24TransportException { Execution: CallExecution.NotExecuted, StatusCode: null };
        connectionFailures = isWithoutConnection ? connectionFailures + 1 : 0;
        if (connectionFailures == MaxConnectionFailures)
        {
            refusal ??= failure;
        }

        // An invalid call was not sent and proves nothing.
        var sent = results.Where(result => result.Exception is not { Attempts: 0 }).ToList();
        if (sent.Count > 0 && sent.TrueForAll(result => result.Exception is not null && AppliesToAll(result.Exception)))
        {
            refusal ??= sent[0].Exception;
        }

        foreach (var ofMethod in sent.GroupBy(result => result.Call.Operation.Method, StringComparer.OrdinalIgnoreCase))
        {
            if (ofMethod.All(result => result.Exception is not null && AppliesToMethod(result.Exception)))
            {
                refusedMethods.TryAdd(ofMethod.Key, ofMethod.First().Exception!);
            }
        }
    }

    private static bool AppliesToAll(Bitrix24Exception failure) =>
        failure.Execution == CallExecution.NotExecuted
        && (
            failure is Bitrix24AuthenticationException
            || failure.ErrorCode
                is Bitrix24ErrorCode.OverloadLimit
                    or Bitrix24ErrorCode.PortalDeleted
                    or Bitrix24ErrorCode.PaymentRequired
                    or Bitrix24ErrorCode.AccessDenied
                    or Bitrix24ErrorCode.UserAccessError
        );

    private static bool AppliesToMethod(Bitrix24Exception failure) =>
        failure.Execution == CallExecution.NotExecuted
        && failure.ErrorCode is Bitrix24ErrorCode.InsufficientScope or Bitrix24ErrorCode.ErrorMethodNotFound;
}
