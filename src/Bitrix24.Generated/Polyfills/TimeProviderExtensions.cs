#if NET
namespace Bitrix24;

/// <summary>Lets both target frameworks make timeouts with the same words: those of Microsoft.Bcl.TimeProvider.</summary>
internal static class TimeProviderExtensions
{
    public static CancellationTokenSource CreateCancellationTokenSource(this TimeProvider timeProvider, TimeSpan delay) => new(delay, timeProvider);
}
#endif
