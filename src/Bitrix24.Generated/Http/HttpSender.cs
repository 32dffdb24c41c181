#if NET
using System.Runtime.CompilerServices;
#endif
using Bitrix24.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Bitrix24.Http;

/// <summary>Sends requests, each once, for all clients with the same options.</summary>
internal sealed class HttpSender
{
    /// <summary>The default maximum duration of one attempt.</summary>
    internal static readonly TimeSpan DefaultAttemptTimeout = TimeSpan.FromSeconds(70);

    /// <summary>The default maximum total size of the responses of a process, in bytes.</summary>
    internal const long DefaultMaxTotalResponseSize = 256L * 1024 * 1024;

    private readonly Func<HttpClient> http;
    private readonly string userAgent;

    internal HttpSender(
        Func<HttpClient> http,
        string? applicationName,
        TimeProvider timeProvider,
        TimeSpan attemptTimeout,
        long maxTotalResponseSize,
        ILogger logger)
    {
        this.http = http;
        userAgent = UserAgent.For(applicationName);
        TimeProvider = timeProvider;
        AttemptTimeout = attemptTimeout;
        MaxTotalResponseSize = maxTotalResponseSize;
        Logger = logger;
        Http2Suspension = new Http2Suspension(timeProvider);
    }

    public TimeProvider TimeProvider { get; }

    public TimeSpan AttemptTimeout { get; }

    public long MaxTotalResponseSize { get; }

    public ILogger Logger { get; }

    /// <summary>Gets the hosts that are temporarily called over HTTP/1.1.</summary>
    public Http2Suspension Http2Suspension { get; }

    /// <summary>Creates a token that is canceled when an attempt exceeds its timeout.</summary>
    public CancellationTokenSource NewTimeout(TimeSpan? attemptTimeout = null) =>
        TimeProvider.CreateCancellationTokenSource(attemptTimeout ?? AttemptTimeout);

    /// <summary>Creates a POST request with the common headers and a token to send it once.</summary>
    public HttpRequestMessage NewPost(Uri url, HttpContent content, string? idempotencyKey = null, string? requestId = null)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, url) { Content = content };
        message.Headers.TryAddWithoutValidation("Accept", "application/json");
        message.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        if (idempotencyKey is not null)
        {
            message.Headers.TryAddWithoutValidation("Idempotency-Key", idempotencyKey);
        }

        if (requestId is not null)
        {
            message.Headers.TryAddWithoutValidation("X-Request-ID", requestId);
        }

        if (!Http2Suspension.Includes(url))
        {
            HttpHandlerFactory.OfferHttp2(message);
        }

        var token = SingleSendToken.Attach(message);
        if (content is RequestBody body)
        {
            body.Token = token;
        }

        return message;
    }

    /// <summary>
    /// Sends a request. If a handler of the application disposed the first response to send the request again, the first response is
    /// returned.
    /// </summary>
#if NET
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
#endif
    public async ValueTask<HttpResponseMessage> SendAsync(HttpRequestMessage message, SingleSendToken token, CancellationToken cancellationToken)
    {
        try
        {
            return await http().SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (token is { IsUsedAgain: true, FirstResponse: not null })
        {
            Log.SentAgain(Logger);
            return token.FirstResponse;
        }
    }
}
