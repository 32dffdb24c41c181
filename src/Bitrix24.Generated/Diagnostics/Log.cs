using System.Net;
using Microsoft.Extensions.Logging;

namespace Bitrix24.Diagnostics;

#pragma warning disable SYSLIB1015 // Optional values are for structured logs only, because the text would contain (null).

/// <summary>Defines all log messages of this package. They contain no secret, URL or body.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Debug, "{Method} succeeded after {Milliseconds:F0} ms; attempts: {Attempts}.")]
    internal static partial void CallSucceeded(ILogger logger, string method, double milliseconds, int attempts);

    [LoggerMessage(
        2,
        LogLevel.Warning,
        "{Method} failed after {Milliseconds:F0} ms: {Reason}; attempts: {Attempts}; execution: {Execution}.")]
    internal static partial void CallFailed(
        ILogger logger,
        string method,
        double milliseconds,
        string reason,
        int attempts,
        CallExecution execution,
        Bitrix24ErrorCode errorCode,
        HttpStatusCode? statusCode);

    [LoggerMessage(3, LogLevel.Information, "{Method} is retried, attempt {Attempt} after {Milliseconds:F0} ms, because of {Reason}.")]
    internal static partial void TryingAgain(
        ILogger logger,
        string method,
        int attempt,
        double milliseconds,
        string reason,
        Bitrix24ErrorCode errorCode,
        HttpStatusCode? statusCode);

    [LoggerMessage(4, LogLevel.Debug, "{Method} waits {Milliseconds:F0} ms for the execution-time budget.")]
    internal static partial void WaitingForBudget(ILogger logger, string method, double milliseconds);

    [LoggerMessage(
        5,
        LogLevel.Warning,
        "The portal {Portal} moved to {NewPortal}. The client calls the new address from now on. Configure it.")]
    internal static partial void PortalMoved(ILogger logger, string portal, string newPortal);

    [LoggerMessage(6, LogLevel.Information, "The access token for {Portal} was refreshed.", EventName = "TokenRenewed")]
    internal static partial void TokenRefreshed(ILogger logger, string portal);

    [LoggerMessage(7, LogLevel.Warning, "The access token for {Portal} could not be refreshed: {Reason}.", EventName = "TokenNotRenewed")]
    internal static partial void TokenNotRefreshed(ILogger logger, string portal, string reason, string? rawErrorCode);

    [LoggerMessage(8, LogLevel.Warning, "{Method} was canceled; execution: {Execution}.")]
    internal static partial void CallCancelled(ILogger logger, string method, CallExecution execution);

    [LoggerMessage(9, LogLevel.Warning, "{Method} in a batch failed: {Reason}; execution: {Execution}.")]
    internal static partial void CommandFailed(
        ILogger logger, string method, string reason, CallExecution execution, Bitrix24ErrorCode errorCode);

    [LoggerMessage(
        10,
        LogLevel.Warning,
        "{Method} in a batch has an outcome that was not enumerated: request {Index}, id {Id}, execution: {Execution}.")]
    internal static partial void OutcomeNotLookedAt(ILogger logger, string method, int index, long? id, CallExecution execution);

    [LoggerMessage(11, LogLevel.Information, "{Method} waits for the rate limiter after attempt {Attempt} because of {ErrorCode}.")]
    internal static partial void WaitingForRoom(ILogger logger, string method, int attempt, Bitrix24ErrorCode errorCode);

    [LoggerMessage(
        12,
        LogLevel.Warning,
        "A handler of the application tried to send a request a second time. Remove that handler from the Bitrix24 client, for example "
        + "with RemoveAllResilienceHandlers. The client retries by itself when it is safe.")]
    internal static partial void SentAgain(ILogger logger);
}
