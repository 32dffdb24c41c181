using Bitrix24.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Bitrix24.Http;

/// <summary>Sends requests, each once, with what all clients of one set of options have in common.</summary>
internal sealed class HttpSender
{
    /// <summary>How long one attempt may take where the application does not say it.</summary>
    internal static readonly TimeSpan DefaultAttemptTimeout = TimeSpan.FromSeconds(70);

    /// <summary>How many bytes the responses of a process may have at once where the application does not say it.</summary>
    internal const long DefaultMaxTotalResponseSize = 256L * 1024 * 1024;

    private readonly Func<HttpClient> http;
    private readonly string userAgent;

    internal HttpSender(Func<HttpClient> http, string? applicationName, TimeProvider timeProvider, TimeSpan attemptTimeout, long maxTotalResponseSize, ILogger logger)
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

    /// <summary>The hosts that are called over HTTP/1.1 for a while.</summary>
    public Http2Suspension Http2Suspension { get; }

    /// <summary>A token that is cancelled when one attempt has taken too long.</summary>
    public CancellationTokenSource NewTimeout() => TimeProvider.CreateCancellationTokenSource(AttemptTimeout);

    /// <summary>A POST with the headers that every request carries, and the right to leave once.</summary>
    public HttpRequestMessage NewPost(Uri url, HttpContent content, string? idempotencyKey = null)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, url) { Content = content };
        message.Headers.TryAddWithoutValidation("Accept", "application/json");
        message.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        if (idempotencyKey is not null)
        {
            message.Headers.TryAddWithoutValidation("Idempotency-Key", idempotencyKey);
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
    /// Sends a request. The first response counts, where a handler of the application disposed of it in order to send the request again.
    /// </summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, SingleSendToken token, CancellationToken cancellationToken)
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
