using Bitrix24.Diagnostics;
using Bitrix24.Operations;
using Bitrix24.Pipeline;

namespace Bitrix24;

/// <content>The execution time that methods use up. Portals charge a batch to the method <c>batch</c>.</content>
public sealed partial class Bitrix24Client
{
    private async Task WaitForBudgetAsync(Call call, CancellationToken cancellationToken)
    {
        // Who has waited looks again: others may have used up what became free.
        while (runtime.ExecutionTimeBudget is { } budget && MethodsOf(call).Max(method => executionTime.Wait(method, budget)) is var wait && wait > TimeSpan.Zero)
        {
            Log.WaitingForBudget(runtime.Logger, call.Method, wait.TotalMilliseconds);
            await Task.Delay(wait, runtime.TimeProvider, cancellationToken).ConfigureAwait(false);
            Telemetry.Waited(call.Method, wait);
        }
    }

    /// <summary>A method whose time is used up is refused within a batch, too.</summary>
    private void NoteRefusedCommands(Call call, IResponse answer)
    {
        if (call.Commands is null || answer is not BatchResponse batch)
        {
            return;
        }

        foreach (var error in batch.Result.Errors)
        {
            if (error.Value.ErrorCode == Bitrix24ErrorCode.OperationTimeLimit && call.Commands.TryGetValue(error.Key, out var method))
            {
                executionTime.NoteRefusal(method, retryAfter: null);
            }
        }
    }

    private static IEnumerable<string> MethodsOf(Call call) => call.Commands is null ? [call.Method] : call.Commands.Values.Append(call.Method);
}
