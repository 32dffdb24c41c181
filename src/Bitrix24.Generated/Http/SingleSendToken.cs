using Bitrix24.Errors;

namespace Bitrix24.Http;

/// <summary>
/// Allows a request to be sent once and tracks its outcome. The token is attached to the request and to copies that handlers create of it.
/// </summary>
internal sealed class SingleSendToken : IDisposable
{
    private const string Key = "Bitrix24.SingleSendToken";

    private int used;
    private KeptContent? content;

    /// <summary>Gets whether the connections resend the request only if the server did not process it.</summary>
    public bool IsRepeatedSafely { get; private set; }

    /// <summary>
    /// Gets or sets the exception of the connections; <see langword="null"/> if they returned a response or another handler failed.
    /// </summary>
    public Exception? ConnectionFailure { get; set; }

    /// <summary>
    /// Gets whether the failure of the connections proves that the server did not process the request. The failure of connections that can
    /// resend a request for any reason proves nothing, because it is only the last one.
    /// </summary>
    public bool IsUnprocessed => IsRepeatedSafely && UnprocessedRequest.IsProvenBy(ConnectionFailure);

    /// <summary>Gets whether a handler of the application tried to send the request a second time.</summary>
    public bool IsUsedAgain { get; private set; }

    /// <summary>Gets the first response if it was not a success. It stays readable after handlers disposed their copy.</summary>
    public HttpResponseMessage? FirstResponse { get; private set; }

    internal static SingleSendToken Attach(HttpRequestMessage request)
    {
        var token = new SingleSendToken();
#if NET
        request.Options.Set(new HttpRequestOptionsKey<SingleSendToken>(Key), token);
#else
        request.Properties[Key] = token;
#endif
        return token;
    }

    internal static SingleSendToken? Of(HttpRequestMessage request) =>
#if NET
        request.Options.TryGetValue(new HttpRequestOptionsKey<SingleSendToken>(Key), out var token) ? token : null;
#else
        request.Properties.TryGetValue(Key, out var token) ? token as SingleSendToken : null;
#endif

    internal bool TryUse(bool isRepeatedSafely)
    {
        if (Interlocked.Exchange(ref used, 1) != 0)
        {
            IsUsedAgain = true;
            return false;
        }

        IsRepeatedSafely = isRepeatedSafely;
        return true;
    }

    /// <summary>Keeps a response that handlers can read and dispose before they send the request again.</summary>
    internal async Task KeepAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content is null)
        {
            return;
        }

        content = await KeptContent.OfAsync(response.Content, cancellationToken).ConfigureAwait(false);
        response.Content = content;
        FirstResponse = new HttpResponseMessage(response.StatusCode) { Version = response.Version, Content = content };
        foreach (var header in response.Headers)
        {
            FirstResponse.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }
    }

    public void Dispose()
    {
        FirstResponse?.Dispose();
        content?.Release();
    }
}
