using Bitrix24.Diagnostics;
using Bitrix24.Http;
using Bitrix24.Pipeline;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bitrix24;

/// <summary>Creates what the clients of one set of options share. This is the only place that reads the options.</summary>
internal static class ClientContextFactory
{
    internal static ClientContext Create(Bitrix24ClientOptions options, Func<HttpClient> http, ILoggerFactory? loggerFactory)
    {
        ILogger logger = loggerFactory is null ? NullLogger.Instance : new NonThrowingLogger(loggerFactory.CreateLogger(Telemetry.Name));
        return new ClientContext(
            new HttpSender(
                http, options.ApplicationName, options.TimeProvider, options.AttemptTimeout, options.MaxTotalResponseSize, logger),
            new RetryPolicy(options.Retry.MaxAttempts, options.Retry.BaseDelay, options.Retry.MaxDelay, options.TimeProvider, logger),
            options.RateLimit,
            options.ExecutionTimeBudget,
            options.MaxResponseSize);
    }
}
