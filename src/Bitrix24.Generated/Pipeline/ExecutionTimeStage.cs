using Bitrix24.Diagnostics;
using Bitrix24.Operations;
using Bitrix24.RateLimiting;

namespace Bitrix24.Pipeline;

/// <summary>Delays calls while the execution time of their methods is used up, and tracks the execution time from responses.</summary>
internal sealed class ExecutionTimeStage(ClientContext context, ExecutionTimeTracker tracker)
{
    internal async ValueTask WaitAsync(CallContext call, CancellationToken cancellationToken)
    {
        // Checks again after each wait, because other calls can have used the available time.
        while (context.ExecutionTimeBudget is { } budget
            && call.Methods.Max(method => tracker.Wait(method, budget)) is var wait
            && wait > TimeSpan.Zero)
        {
            Log.WaitingForBudget(context.Logger, call.Method, wait.TotalMilliseconds);
            await Task.Delay(wait, context.TimeProvider, cancellationToken).ConfigureAwait(false);
            Telemetry.Waited(call.Method, wait);
        }
    }

    /// <summary>
    /// Notes the execution time of a response. Portals charge a batch to the method <c>batch</c>. Within a batch they reject methods that
    /// have no time left.
    /// </summary>
    internal void Note(CallContext call, IResponse response)
    {
        tracker.Note(call.Method, response.Time);
        if (call.Commands is null || response is not IBatchResponse batch)
        {
            return;
        }

        foreach (var key in batch.KeysWithoutExecutionTime())
        {
            if (call.Commands.TryGetValue(key, out var method))
            {
                tracker.NoteRefusal(method, retryAfter: null);
            }
        }
    }

    /// <summary>Notes that the portal rejected the call because its method has no execution time left.</summary>
    internal Bitrix24RateLimitException Note(CallContext call, Bitrix24RateLimitException refusal) =>
        refusal.WithRetryAfter(tracker.NoteRefusal(call.Method, refusal.RetryAfter));

    /// <summary>Returns the time until a method has execution time again; <see langword="null"/> if it is unknown.</summary>
    internal TimeSpan? UntilReset(string method) => tracker.UntilReset(method);
}
