using System.Globalization;
using System.Net.Sockets;

namespace Bitrix24.Errors;

/// <summary>Describes in a few fixed words for logs why a call failed, without a URL or text of a portal or of another exception.</summary>
internal static class FailureReason
{
    /// <summary>Returns the name of the reason with the HTTP status and the type of the cause, if any.</summary>
    internal static string Of(Bitrix24Exception exception)
    {
        var status = exception.StatusCode is { } code ? ", HTTP " + ((int)code).ToString(CultureInfo.InvariantCulture) : string.Empty;
        return NameOf(exception) + status + (exception.InnerException is { } cause ? $" ({KindOf(cause)})" : string.Empty);
    }

    /// <summary>Returns the name of the reason.</summary>
    internal static string NameOf(Bitrix24Exception exception) =>
        exception.Reason ?? (exception.ErrorCode == Bitrix24ErrorCode.Unknown ? "UnlistedError" : exception.ErrorCode.ToString());

    private static string KindOf(Exception cause)
    {
        var root = cause.GetBaseException();
        var kind = root is SocketException socket ? socket.SocketErrorCode.ToString() : root.GetType().Name;
        return ReferenceEquals(root, cause) ? kind : $"{cause.GetType().Name}, {kind}";
    }
}
