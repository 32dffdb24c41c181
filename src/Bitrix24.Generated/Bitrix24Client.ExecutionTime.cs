namespace Bitrix24;

/// <content>The execution time that methods use up, those of the commands of a batch included.</content>
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

    private void NoteExecutionTime(Call call, IResponse answer)
    {
        executionTime.Note(call.Method, answer.Time);
        if (call.Commands is null || answer is not BatchResponse batch)
        {
            return;
        }

        // In the order in which they ran: the last one of a method says what is used up.
        foreach (var command in call.Commands)
        {
            if (batch.Result.Times.TryGetValue(command.Key, out var time))
            {
                executionTime.Note(command.Value, time);
            }
        }
    }

    private static IEnumerable<string> MethodsOf(Call call) => call.Commands is null ? [call.Method] : call.Commands.Values.Append(call.Method);
}
