using System.Reflection;
#if !NET
using System.Globalization;
#endif

namespace Bitrix24.Errors;

/// <summary>
/// Detects connection failures that prove that the server did not process the request, even if bytes of it were sent. Connections resend a
/// request only after the server refused it, so the last failure decides.
/// </summary>
internal static class UnprocessedRequest
{
    /// <summary>REFUSED_STREAM and HTTP_1_1_REQUIRED. Source: RFC 9113, 7 and 8.7.</summary>
    private static readonly long[] Refusals = [0x7, 0xd];

    /// <summary>
    /// The internal property with which .NET marks a request that can be resent. After some repetitions .NET gives up and does not expose
    /// publicly that the last one was refused as well. Without the property nothing is proven.
    /// </summary>
    private static readonly PropertyInfo? AllowRetry =
        typeof(HttpRequestException).GetProperty("AllowRetry", BindingFlags.Instance | BindingFlags.NonPublic);

    /// <param name="connectionFailure">
    /// The exception of the connections, not of a handler of the application; <see langword="null"/> if there is none.
    /// </param>
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
    /// A server that closes the whole connection with the same code may have processed the request. Only the message, or its resource key
    /// in trimmed applications, distinguishes a stream from a connection.
    /// </summary>
    private static bool IsRefusedStream(Exception exception) =>
        ProtocolErrorOf(exception) is { } code && Array.IndexOf(Refusals, code) >= 0
#if NET
        && exception.Message.Contains("stream", StringComparison.Ordinal);
#else
        && exception.Message.Contains("stream");
#endif

    private static bool MayBeRepeated(Exception exception) => exception is HttpRequestException
        && AllowRetry?.GetValue(exception)?.ToString() is "RetryOnConnectionFailure" or "RetryOnLowerHttpVersion" or "RetryOnNextProxy";

#if NET
    private static long? ProtocolErrorOf(Exception exception) => (exception as HttpProtocolException)?.ErrorCode;

    private static bool IsWithoutConnection(Exception exception) => exception is HttpRequestException
    {
        HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError
            or HttpRequestError.ProxyTunnelError or HttpRequestError.VersionNegotiationError,
    };
#else
    /// <summary>netstandard2.0 does not have the exceptions of modern .NET, on which this assembly also runs.</summary>
    private static long? ProtocolErrorOf(Exception exception) => exception.GetType().FullName == "System.Net.Http.HttpProtocolException"
        ? Convert.ToInt64(exception.GetType().GetProperty("ErrorCode")!.GetValue(exception), CultureInfo.InvariantCulture)
        : null;

    private static bool IsWithoutConnection(Exception exception) => exception is HttpRequestException
        && exception.GetType().GetProperty("HttpRequestError")?.GetValue(exception)?.ToString() is
            "NameResolutionError" or "ConnectionError" or "SecureConnectionError" or "ProxyTunnelError" or "VersionNegotiationError";
#endif
}
