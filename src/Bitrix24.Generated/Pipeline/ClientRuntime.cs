using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Bitrix24.Diagnostics;
using Bitrix24.Http;
using Bitrix24.RateLimiting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bitrix24.Pipeline;

/// <summary>What the clients of one set of options share, whichever portals they call.</summary>
internal sealed class ClientRuntime
{
    private static readonly TimeSpan MinExchangeTimeout = TimeSpan.FromMinutes(5);

    private readonly ConditionalWeakTable<Bitrix24Credentials, ExecutionTimeBudget> budgets = new();
    private readonly ConcurrentDictionary<string, ExecutionTimeBudget> budgetsByKey = new(StringComparer.Ordinal);

    internal ClientRuntime(Bitrix24ClientOptions options, Func<HttpClient> http, ILoggerFactory? loggerFactory)
    {
        Http = http;
        TimeProvider = options.TimeProvider;
        AttemptTimeout = options.AttemptTimeout;
        RateLimit = options.RateLimit;
        ExecutionTimeBudget = options.ExecutionTimeBudget;
        MaxResponseSize = options.MaxResponseSize;
        MaxTotalResponseSize = options.MaxTotalResponseSize;
        UserAgent = Bitrix24.Http.UserAgent.For(options.ApplicationName);
        Logger = loggerFactory is null ? NullLogger.Instance : new GuardedLogger(loggerFactory.CreateLogger(Telemetry.Name));
        Retry = new RetryPolicy(options.Retry, options.TimeProvider, Logger);
        Http2Suspension = new Http2Suspension(options.TimeProvider);
    }

    public Func<HttpClient> Http { get; }

    public TimeProvider TimeProvider { get; }

    public TimeSpan AttemptTimeout { get; }

    public Bitrix24RateLimit RateLimit { get; }

    public TimeSpan? ExecutionTimeBudget { get; }

    public long MaxResponseSize { get; }

    public long MaxTotalResponseSize { get; }

    public string UserAgent { get; }

    public ILogger Logger { get; }

    public RetryPolicy Retry { get; }

    /// <summary>The hosts that are called over HTTP/1.1 for a while.</summary>
    public Http2Suspension Http2Suspension { get; }

    /// <summary>How long a call waits for a renewal: it may have to wait for a lock first.</summary>
    public TimeSpan RenewalTimeout => AttemptTimeout == Timeout.InfiniteTimeSpan ? AttemptTimeout : AttemptTimeout + AttemptTimeout;

    /// <summary>
    /// Gets how long a token exchange may take. The server may use up the grant before it answers, so an exchange that is cut off can cost
    /// the authorization: it gets more time than the calls that wait for it.
    /// </summary>
    public TimeSpan ExchangeTimeout =>
        AttemptTimeout == Timeout.InfiniteTimeSpan || AttemptTimeout > MinExchangeTimeout ? AttemptTimeout : MinExchangeTimeout;

    /// <summary>Portals count the execution time of a webhook or an application: so do all clients with its credentials.</summary>
    public ExecutionTimeBudget BudgetOf(Bitrix24Credentials credentials) => credentials.ChargedTo is { } key
        ? budgetsByKey.GetOrAdd(key, _ => new ExecutionTimeBudget(TimeProvider))
        : budgets.GetValue(credentials, _ => new ExecutionTimeBudget(TimeProvider));

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

        if (!Http2Suspension.Includes(url))
        {
            HttpConnections.OfferHttp2(message);
        }

        var token = SingleSendToken.Attach(message);
        if (content is RequestBody body)
        {
            body.Token = token;
        }

        return message;
    }

    /// <summary>
    /// Sends a request. The first response counts, where a handler of the application disposed of it in order to send the request again.
    /// </summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, SingleSendToken token, CancellationToken cancellationToken)
    {
        try
        {
            return await Http().SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (token is { IsUsedAgain: true, FirstResponse: not null })
        {
            Log.SentAgain(Logger);
            return token.FirstResponse;
        }
    }
}
