#if !NET
namespace Bitrix24;

/// <summary>Lets both target frameworks wait with the same words.</summary>
internal static class TaskExtensions
{
    extension(Task)
    {
        public static Task Delay(TimeSpan delay, TimeProvider timeProvider, CancellationToken cancellationToken) =>
            timeProvider.Delay(delay, cancellationToken);
    }
}
#endif
