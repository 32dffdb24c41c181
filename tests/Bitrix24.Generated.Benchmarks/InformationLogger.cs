using Microsoft.Extensions.Logging;

namespace Bitrix24.Benchmarks;

/// <summary>Represents a logger that is enabled from Information on and discards its messages.</summary>
internal sealed class InformationLogger : ILoggerFactory, ILogger
{
    internal static InformationLogger Factory { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    { }

    public void Dispose() { }
}
