using System.Globalization;
using System.Net;
using System.Text;

namespace Bitrix24;

/// <summary>Turns the error answer of a portal into the typed exception: the one place where that happens.</summary>
internal static class ErrorMapping
{
    private const int LongestQuote = 300;

    private static readonly string[] LineBreaks = ["<br>", "<br/>", "<br />"];

    internal static Bitrix24Exception ToException(string method, HttpStatusCode status, PortalError error, TimeSpan? retryAfter, Bitrix24Credentials credentials)
    {
        var row = ErrorCatalogue.Find(error.Code);
        var rawCode = credentials.Redact(error.Code);
        var description = WithoutLineBreak(credentials.Redact(error.Description));
        // A code that nobody described promises nothing about what happened before it was sent.
        var execution = row?.Execution ?? CallExecution.Unknown;
        var failure = new CallFailure(method, execution, Message(method, status, row, rawCode, description, execution))
        {
            StatusCode = status,
            ErrorCode = row?.Code ?? Bitrix24ErrorCode.Unknown,
            RawErrorCode = rawCode,
            ErrorDescription = description,
        };

        return (row?.Kind ?? KindOf(status)) switch
        {
            ErrorKind.InvalidRequest => new Bitrix24InvalidRequestException(failure),
            ErrorKind.AccessDenied => new Bitrix24AccessDeniedException(failure),
            ErrorKind.Authentication => new Bitrix24AuthenticationException(failure),
            ErrorKind.RateLimit => new Bitrix24RateLimitException(failure) { RetryAfter = retryAfter },
            _ => new Bitrix24ServerException(failure),
        };
    }

    /// <summary>The status decides only where the code says nothing.</summary>
    private static ErrorKind KindOf(HttpStatusCode status) => (int)status switch
    {
        401 => ErrorKind.Authentication,
        402 or 403 => ErrorKind.AccessDenied,
        429 => ErrorKind.RateLimit,
        >= 500 => ErrorKind.Server,
        _ => ErrorKind.InvalidRequest,
    };

    private static string Message(string method, HttpStatusCode status, ErrorCatalogueRow? row, string? rawCode, string? description, CallExecution execution)
    {
        var message = new StringBuilder(method).Append(" failed: ");
        message.Append(row is null ? "the portal sent an error that is not in the catalogue" : Uncapitalized(row.Text.TrimEnd('.')));
        message.Append(" (");
        if (!string.IsNullOrWhiteSpace(rawCode))
        {
            message.Append(Quotable(rawCode!)).Append(", ");
        }

        message.Append("HTTP ").Append(((int)status).ToString(CultureInfo.InvariantCulture)).Append(')');
        if (!string.IsNullOrEmpty(description))
        {
            message.Append("; the portal says \"").Append(Quotable(description!).TrimEnd('.')).Append('"');
        }

        if (execution == CallExecution.Unknown)
        {
            message.Append("; it is not known whether the call ran");
        }

        return message.Append('.').ToString();
    }

    /// <summary>Portals end some descriptions with an HTML line break.</summary>
    private static string? WithoutLineBreak(string? description)
    {
        var text = description?.Trim();
        while (text is not null && Array.Find(LineBreaks, lineBreak => text.EndsWith(lineBreak, StringComparison.OrdinalIgnoreCase)) is { } found)
        {
            text = text.Substring(0, text.Length - found.Length).TrimEnd();
        }

        return text;
    }

    private static string Uncapitalized(string text) =>
        text.Length > 1 && !char.IsUpper(text[1]) ? char.ToLowerInvariant(text[0]) + text.Substring(1) : text;

    /// <summary>One line of bounded length: a portal's text must not forge log lines.</summary>
    private static string Quotable(string text)
    {
        var line = new StringBuilder(Math.Min(text.Length, LongestQuote));
        foreach (var character in text)
        {
            if (line.Length == LongestQuote)
            {
                return line.Append("...").ToString();
            }

            line.Append(char.IsControl(character) || character is '\u2028' or '\u2029' ? ' ' : character);
        }

        return line.ToString().Trim();
    }
}
