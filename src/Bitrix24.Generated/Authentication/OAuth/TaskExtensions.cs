namespace Bitrix24.Authentication;

/// <summary>Waiting for tasks that go on when nobody waits for them any more, such as those of a token store.</summary>
internal static class TaskExtensions
{
    /// <summary>Waits no longer than the token says, whether the task itself minds a token or not.</summary>
    internal static Task WaitOrAbandonAsync(this Task task, CancellationToken cancellationToken)
    {
        Observe(task);
        return task.WaitAsync(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }

    /// <inheritdoc cref="WaitOrAbandonAsync(Task, CancellationToken)"/>
    internal static Task<T> WaitOrAbandonAsync<T>(this Task<T> task, CancellationToken cancellationToken)
    {
        Observe(task);
        return task.WaitAsync(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }

    /// <summary>Lets a failure that nobody waits for pass without a word at the finalizer.</summary>
    private static void Observe(Task task) =>
        _ = task.ContinueWith(static failed => _ = failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
