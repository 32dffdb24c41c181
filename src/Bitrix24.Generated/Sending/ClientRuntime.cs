using System.Net.Http;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bitrix24;

/// <summary>What the clients of one set of options share, whichever portals they call.</summary>
internal sealed class ClientRuntime
{
    private static readonly TimeSpan MinExchangeTimeout = TimeSpan.FromMinutes(5);

    private readonly ConditionalWeakTable<Bitrix24Credentials, ExecutionTimeBudget> budgets = new();

    internal ClientRuntime(Bitrix24ClientOptions options, Func<HttpClient> http, ILoggerFactory? loggerFactory)
    {
        Http = http;
        TimeProvider = options.TimeProvider;
        AttemptTimeout = options.AttemptTimeout;
        RateLimit = options.RateLimit;
        ExecutionTimeBudget = options.ExecutionTimeBudget;
        MaxResponseSize = options.MaxResponseSize;
        UserAgent = Bitrix24.UserAgent.For(options.ApplicationName);
        Logger = loggerFactory is null ? NullLogger.Instance : new GuardedLogger(loggerFactory.CreateLogger(Telemetry.Name));
        Retry = new RetryPolicy(options.Retry, options.TimeProvider, Logger);
    }

    public Func<HttpClient> Http { get; }

    public TimeProvider TimeProvider { get; }

    public TimeSpan AttemptTimeout { get; }

    public Bitrix24RateLimit RateLimit { get; }

    public TimeSpan? ExecutionTimeBudget { get; }

    public long MaxResponseSize { get; }

    public string UserAgent { get; }

    public ILogger Logger { get; }

    public RetryPolicy Retry { get; }

    /// <summary>How long a call waits for a renewal: it may have to wait for a lock first.</summary>
    public TimeSpan RenewalTimeout => AttemptTimeout == Timeout.InfiniteTimeSpan ? AttemptTimeout : AttemptTimeout + AttemptTimeout;

    /// <summary>
    /// Gets how long a token exchange may take. The server may use up the grant before it answers, so an exchange that is cut off can cost
    /// the authorization: it gets more time than the calls that wait for it.
    /// </summary>
    public TimeSpan ExchangeTimeout =>
        AttemptTimeout == Timeout.InfiniteTimeSpan || AttemptTimeout > MinExchangeTimeout ? AttemptTimeout : MinExchangeTimeout;

    /// <summary>Portals count the execution time of a webhook or an application: so do all clients with its credentials.</summary>
    public ExecutionTimeBudget BudgetOf(Bitrix24Credentials credentials) => budgets.GetValue(credentials, _ => new ExecutionTimeBudget(TimeProvider));

    /// <summary>A token that is cancelled when one attempt has taken too long.</summary>
    public CancellationTokenSource NewTimeout() => TimeProvider.CreateCancellationTokenSource(AttemptTimeout);

    /// <summary>Returns a source whose token is canceled when a token exchange has taken too long.</summary>
    public CancellationTokenSource NewExchangeTimeout() => TimeProvider.CreateCancellationTokenSource(ExchangeTimeout);

    /// <summary>A POST with the headers that every request carries, and the right to leave once.</summary>
    public HttpRequestMessage NewPost(Uri url, HttpContent content, string? idempotencyKey = null)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, url) { Content = content };
        message.Headers.TryAddWithoutValidation("Accept", "application/json");
        message.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        if (idempotencyKey is not null)
        {
            message.Headers.TryAddWithoutValidation("Idempotency-Key", idempotencyKey);
        }

        HttpConnections.OfferHttp2(message);
        SendPass.Attach(message);
        return message;
    }
}
