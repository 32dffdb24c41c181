using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Bitrix24.Authentication;
using Bitrix24.Http;
using Bitrix24.RateLimiting;
using Microsoft.Extensions.Logging;

namespace Bitrix24.Pipeline;

/// <summary>Represents the state that all clients with the same options share, for all portals.</summary>
internal sealed class ClientContext(
    HttpSender http, RetryPolicy retry, Bitrix24RateLimit rateLimit, TimeSpan? executionTimeBudget, long maxResponseSize)
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

    /// <summary>Returns the tracker of a webhook or an application, because portals count the execution time of each separately.</summary>
    public ExecutionTimeTracker ExecutionTimeOf(CredentialScheme credentials) => credentials.ChargedTo is { } key
        ? trackersByKey.GetOrAdd(key, _ => new ExecutionTimeTracker(TimeProvider))
        : trackers.GetValue(credentials, _ => new ExecutionTimeTracker(TimeProvider));
}
