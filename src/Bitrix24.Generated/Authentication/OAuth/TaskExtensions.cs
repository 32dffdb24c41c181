namespace Bitrix24.Authentication;

/// <summary>Waits for tasks of the application that may go on after the wait, such as those of a token store.</summary>
internal static class TaskExtensions
{
    /// <summary>Waits until the task ends or the token is canceled, even if the task itself ignores the token.</summary>
    internal static Task WaitOrAbandonAsync(this Task task, CancellationToken cancellationToken)
    {
        ObserveFailure(task);
        return task.WaitAsync(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }

    /// <inheritdoc cref="WaitOrAbandonAsync(Task, CancellationToken)"/>
    internal static Task<T> WaitOrAbandonAsync<T>(this Task<T> task, CancellationToken cancellationToken)
    {
        ObserveFailure(task);
        return task.WaitAsync(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }

    /// <summary>Keeps an abandoned task that fails from raising <see cref="TaskScheduler.UnobservedTaskException"/>.</summary>
    private static void ObserveFailure(Task task) => _ = task.ContinueWith(
        static failed => _ = failed.Exception,
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);
}
