using Bitrix24.Diagnostics;
using Bitrix24.Http;
using Bitrix24.Pipeline;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bitrix24;

/// <summary>Creates clients that share options and connections.</summary>
internal sealed class Bitrix24ClientFactory(ClientContext context) : IBitrix24ClientFactory
{
    public IBitrix24Client Create(Bitrix24Credentials credentials)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        return new Bitrix24Client(credentials, context);
    }

    /// <summary>Creates the context of clients. Only this method reads the options.</summary>
    internal static ClientContext CreateContext(Bitrix24ClientOptions options, Func<HttpClient> http, ILoggerFactory? loggerFactory)
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
