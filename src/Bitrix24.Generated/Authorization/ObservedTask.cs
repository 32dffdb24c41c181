namespace Bitrix24;

/// <summary>Tasks that go on when nobody waits for them any more.</summary>
internal static class ObservedTask
{
    /// <summary>Lets a failure that nobody waits for pass without a word at the finalizer.</summary>
    internal static Task Observed(this Task task)
    {
        _ = task.ContinueWith(static failed => _ = failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return task;
    }
}
