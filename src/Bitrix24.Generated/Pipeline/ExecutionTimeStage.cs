using Bitrix24.Diagnostics;
using Bitrix24.Operations;
using Bitrix24.RateLimiting;

namespace Bitrix24.Pipeline;

/// <summary>Holds calls back while the execution time of their methods is used up, and learns from responses how much is.</summary>
internal sealed class ExecutionTimeStage(ClientContext context, ExecutionTimeTracker tracker)
{
    internal async ValueTask WaitAsync(CallContext call, CancellationToken cancellationToken)
    {
        // A call that has waited looks again: others may have used up what became free.
        while (context.ExecutionTimeBudget is { } budget && call.Methods.Max(method => tracker.Wait(method, budget)) is var wait && wait > TimeSpan.Zero)
        {
            Log.WaitingForBudget(context.Logger, call.Method, wait.TotalMilliseconds);
            await Task.Delay(wait, context.TimeProvider, cancellationToken).ConfigureAwait(false);
            Telemetry.Waited(call.Method, wait);
        }
    }

    /// <summary>Portals charge a batch to the method <c>batch</c>; within one they refuse methods that have no time left.</summary>
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

    /// <summary>Notes that the portal refused the call because its method has no time left.</summary>
    internal Bitrix24RateLimitException Note(CallContext call, Bitrix24RateLimitException refusal) =>
        refusal.WithRetryAfter(tracker.NoteRefusal(call.Method, refusal.RetryAfter));

    /// <summary>Returns how long until a method has time again; <see langword="null"/> when that is not known.</summary>
    internal TimeSpan? UntilReset(string method) => tracker.UntilReset(method);
}
