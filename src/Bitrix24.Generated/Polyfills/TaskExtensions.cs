#if !NET
namespace Bitrix24;

/// <summary>Provides the overload of <c>Task.Delay</c> that .NET contains.</summary>
internal static class TaskExtensions
{
    extension(Task)
    {
        public static Task Delay(TimeSpan delay, TimeProvider timeProvider, CancellationToken cancellationToken) =>
            timeProvider.Delay(delay, cancellationToken);
    }
}
#endif
