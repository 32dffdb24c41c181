using Microsoft.Extensions.Logging;

namespace Bitrix24.Diagnostics;

/// <summary>Represents a logger whose failures do not affect the call that it logs.</summary>
internal sealed class NonThrowingLogger(ILogger logger) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => logger.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) =>
        NonThrowing.Invoke((logger, logLevel), static call => call.logger.IsEnabled(call.logLevel));

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        NonThrowing.Invoke(
            (logger, logLevel, eventId, state, exception, formatter),
            static call => call.logger.Log(call.logLevel, call.eventId, call.state, call.exception, call.formatter));
}
