using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Bitrix24.Authentication;
using Bitrix24.Http;
using Bitrix24.RateLimiting;
using Microsoft.Extensions.Logging;

namespace Bitrix24.Pipeline;

/// <summary>What the clients of one set of options share, whichever portals they call.</summary>
internal sealed class ClientContext(HttpSender http, RetryPolicy retry, Bitrix24RateLimit rateLimit, TimeSpan? executionTimeBudget, long maxResponseSize)
{
    private readonly ConditionalWeakTable<CredentialScheme, ExecutionTimeTracker> trackers = new();
    private readonly ConcurrentDictionary<string, ExecutionTimeTracker> trackersByKey = new(StringComparer.Ordinal);

    public HttpSender Http { get; } = http;

    public RetryPolicy Retry { get; } = retry;

    public Bitrix24RateLimit RateLimit { get; } = rateLimit;

    public TimeSpan? ExecutionTimeBudget { get; } = executionTimeBudget;

    public long MaxResponseSize { get; } = maxResponseSize;

    public TimeProvider TimeProvider => Http.TimeProvider;

    public ILogger Logger => Http.Logger;

    /// <summary>Portals count the execution time of a webhook or an application: so do all clients with its credentials.</summary>
    public ExecutionTimeTracker ExecutionTimeOf(CredentialScheme credentials) => credentials.ChargedTo is { } key
        ? trackersByKey.GetOrAdd(key, _ => new ExecutionTimeTracker(TimeProvider))
        : trackers.GetValue(credentials, _ => new ExecutionTimeTracker(TimeProvider));
}
