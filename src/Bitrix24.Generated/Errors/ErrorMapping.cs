using System.Globalization;
using System.Net;
using System.Text;
using Bitrix24.Secrets;

namespace Bitrix24.Errors;

/// <summary>Maps the error response of a portal to the typed exception.</summary>
internal static class ErrorMapping
{
    private const int MaxTextLength = 16 * 1024;

    private static readonly string[] LineBreaks = ["<br>", "<br/>", "<br />"];

    internal static Bitrix24Exception ToException(in ErrorContext context, HttpStatusCode status, PortalError error, TimeSpan? retryAfter)
    {
        var row = ErrorCatalog.Find(error.Code);
        var rawCode = row is null ? Sanitize(error.Code, context) : error.Code;
        var description = WithoutLineBreak(Sanitize(error.Description, context));

        // A code outside the catalog does not prove whether the call was executed. The status can prove it.
        var meaning = row is null ? HttpStatusMapping.Find((int)status) : null;
        var execution = error.HasResult ? CallExecution.Unknown
            : row?.Execution ?? (meaning is null ? CallExecution.Unknown : CallExecution.NotExecuted);
        var failure = new ErrorDetails(context.Method, execution, context.Sentence(Describe(status, row, rawCode, description), execution))
        {
            Attempts = context.Attempts,
            StatusCode = status,
            ErrorCode = row?.Code ?? Bitrix24ErrorCode.Unknown,
            RawErrorCode = rawCode,
            ErrorDescription = description,
            RetryAfter = retryAfter,
            Retry = error.HasResult ? RetryDisposition.Never
                : row?.Retry ?? meaning?.Retry ?? ((int)status >= 500 ? RetryDisposition.IfIdempotent : RetryDisposition.Never),
        };

        return ToException(row?.Kind ?? KindOf(status), failure);
    }

    /// <summary>Maps a rejection by a proxy or the web server, which the HTTP status proves.</summary>
    internal static Bitrix24Exception ToException(
        in ErrorContext context, HttpStatusCode status, HttpStatusMeaning meaning, TimeSpan? retryAfter)
    {
        var error = FormattableString.Invariant($"{meaning.Text} (HTTP {(int)status})");
        var message = context.Sentence(error, CallExecution.NotExecuted);
        return ToException(meaning.Kind, new ErrorDetails(context.Method, CallExecution.NotExecuted, message)
        {
            Attempts = context.Attempts,
            StatusCode = status,
            RetryAfter = retryAfter,
            Reason = FormattableString.Invariant($"Http{(int)status}"),
            Retry = meaning.Retry,
        });
    }

    private static Bitrix24Exception ToException(ErrorKind kind, ErrorDetails failure) => kind switch
    {
        ErrorKind.InvalidRequest => new Bitrix24InvalidRequestException(failure),
        ErrorKind.AccessDenied => new Bitrix24AccessDeniedException(failure),
        ErrorKind.Authentication => new Bitrix24AuthenticationException(failure),
        ErrorKind.RateLimit => new Bitrix24RateLimitException(failure),
        _ => new Bitrix24ServerException(failure),
    };

    /// <summary>Returns the kind of an error whose code is not in the catalog.</summary>
    private static ErrorKind KindOf(HttpStatusCode status) => HttpStatusMapping.Find((int)status)?.Kind ?? (int)status switch
    {
        401 => ErrorKind.Authentication,
        402 or 403 => ErrorKind.AccessDenied,
        >= 500 => ErrorKind.Server,
        _ => ErrorKind.InvalidRequest,
    };

    private static string Describe(HttpStatusCode status, ErrorCatalogRow? row, string? rawCode, string? description)
    {
        var text = new StringBuilder(
            row is null ? "the portal sent an error that is not in the catalog" : Uncapitalized(row.Text.TrimEnd('.')));
        text.Append(" (");
        if (!string.IsNullOrWhiteSpace(rawCode))
        {
            text.Append(PlainText.ToSingleLine(rawCode!)).Append(", ");
        }

        text.Append("HTTP ").Append(((int)status).ToString(CultureInfo.InvariantCulture)).Append(')');
        if (!string.IsNullOrEmpty(description))
        {
            text.Append("; the portal says \"").Append(PlainText.ToSingleLine(description!).TrimEnd('.')).Append('"');
        }

        return text.ToString();
    }

    /// <summary>Removes the HTML line breaks with which portals end some descriptions.</summary>
    private static string? WithoutLineBreak(string? description)
    {
        if (description is null)
        {
            return null;
        }

        var end = TrimmedEnd(description, description.Length);
        while (Array.Find(LineBreaks, lineBreak => EndsWith(description, end, lineBreak)) is { } found)
        {
            end = TrimmedEnd(description, end - found.Length);
        }

        return description.Substring(0, end).TrimStart();
    }

    private static int TrimmedEnd(string text, int end)
    {
        while (end > 0 && char.IsWhiteSpace(text[end - 1]))
        {
            end--;
        }

        return end;
    }

    private static bool EndsWith(string text, int end, string ending) =>
        end >= ending.Length
        && string.Compare(text, end - ending.Length, ending, 0, ending.Length, StringComparison.OrdinalIgnoreCase) == 0;

    /// <summary>Removes secrets and limits the length.</summary>
    private static string? Sanitize(string? text, in ErrorContext context)
    {
        var sanitized = context.Redact(Bounded(text, 2 * MaxTextLength));

        // The limit can cut a secret in two. Its rest is at the end, and the end is removed as well.
        return Bounded(
            text?.Length > 2 * MaxTextLength ? sanitized!.Substring(0, Math.Max(0, sanitized.Length - MaxTextLength)) : sanitized,
            MaxTextLength);
    }

    private static string? Bounded(string? text, int length) => text?.Length > length ? text.Substring(0, length) : text;

    private static string Uncapitalized(string text) =>
        text.Length > 1 && !char.IsUpper(text[1]) ? char.ToLowerInvariant(text[0]) + text.Substring(1) : text;
}
