#if NET
namespace Bitrix24;

/// <summary>Provides the method of Microsoft.Bcl.TimeProvider that .NET does not contain.</summary>
internal static class TimeProviderExtensions
{
    public static CancellationTokenSource CreateCancellationTokenSource(this TimeProvider timeProvider, TimeSpan delay) =>
        new(delay, timeProvider);
}
#endif
