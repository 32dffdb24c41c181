using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Bitrix24.Tests;

/// <summary>Records log messages.</summary>
internal sealed class CollectingLogger : ILoggerFactory, ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> messages = new();

    public IReadOnlyCollection<string> Messages => messages;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) { }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => messages.Enqueue($"{eventId.Id} {logLevel}: {formatter(state, exception)}");

    public void Dispose() { }
}
