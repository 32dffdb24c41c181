using System.Reflection;
#if !NET
using System.Globalization;
#endif

namespace Bitrix24.Errors;

/// <summary>
/// Tells failures of a connection that prove that the server did not process the request, even where bytes of it were sent: the connections
/// send a request again only after a server refused it, so the last failure decides.
/// </summary>
internal static class UnprocessedRequest
{
    /// <summary>REFUSED_STREAM and HTTP_1_1_REQUIRED. Source: RFC 9113, 7 and 8.7.</summary>
    private static readonly long[] Refusals = [0x7, 0xd];

    /// <summary>
    /// What the connections of .NET know about a request themselves: whether it may be sent again. They give up after some repetitions and do not
    /// say publicly that the last one was refused as well. Where the property is missing, nothing is proven.
    /// </summary>
    private static readonly PropertyInfo? AllowRetry = typeof(HttpRequestException).GetProperty("AllowRetry", BindingFlags.Instance | BindingFlags.NonPublic);

    /// <param name="connectionFailure">What the connections threw, and no handler of the application; <see langword="null"/> when they threw nothing.</param>
    internal static bool IsProvenBy(Exception? connectionFailure)
    {
        for (var exception = connectionFailure; exception is not null; exception = exception.InnerException)
        {
            if (IsRefusedStream(exception) || IsWithoutConnection(exception) || MayBeRepeated(exception))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// A server that closes the connection with the same code may have processed the request. Only the message tells a stream from a connection;
    /// where applications are published without messages, the name of the message does.
    /// </summary>
    private static bool IsRefusedStream(Exception exception) =>
        ProtocolErrorOf(exception) is { } code && Array.IndexOf(Refusals, code) >= 0
#if NET
        && exception.Message.Contains("stream", StringComparison.Ordinal);
#else
        && exception.Message.Contains("stream");
#endif

    private static bool MayBeRepeated(Exception exception) => exception is HttpRequestException && AllowRetry?.GetValue(exception)?.ToString() is
        "RetryOnConnectionFailure" or "RetryOnLowerHttpVersion" or "RetryOnNextProxy";

#if NET
    private static long? ProtocolErrorOf(Exception exception) => (exception as HttpProtocolException)?.ErrorCode;

    private static bool IsWithoutConnection(Exception exception) => exception is HttpRequestException
    {
        HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError
            or HttpRequestError.ProxyTunnelError or HttpRequestError.VersionNegotiationError,
    };
#else
    /// <summary>netstandard2.0 does not know the exceptions of modern .NET, where this assembly runs as well.</summary>
    private static long? ProtocolErrorOf(Exception exception) => exception.GetType().FullName == "System.Net.Http.HttpProtocolException"
        ? Convert.ToInt64(exception.GetType().GetProperty("ErrorCode")!.GetValue(exception), CultureInfo.InvariantCulture)
        : null;

    private static bool IsWithoutConnection(Exception exception) => exception is HttpRequestException
        && exception.GetType().GetProperty("HttpRequestError")?.GetValue(exception)?.ToString() is
            "NameResolutionError" or "ConnectionError" or "SecureConnectionError" or "ProxyTunnelError" or "VersionNegotiationError";
#endif
}
