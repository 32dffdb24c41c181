using System.Net;
using Microsoft.Extensions.Logging;

namespace Bitrix24;

/// <summary>Everything this package logs. No message carries a secret, a URL or a body.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Debug, "{Method} succeeded after {Milliseconds:F0} ms.")]
    internal static partial void CallSucceeded(ILogger logger, string method, double milliseconds);

    [LoggerMessage(2, LogLevel.Warning, "{Method} failed after {Milliseconds:F0} ms: {ErrorCode}, HTTP status {StatusCode}, execution {Execution}.")]
    internal static partial void CallFailed(ILogger logger, string method, double milliseconds, Bitrix24ErrorCode errorCode, HttpStatusCode? statusCode, CallExecution execution);
}
