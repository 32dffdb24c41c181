using System.Globalization;
using System.Net;
using System.Text;
using Bitrix24.Secrets;

namespace Bitrix24.Errors;

/// <summary>Turns the error answer of a portal into the typed exception: the one place where that happens.</summary>
internal static class ErrorMapping
{
    private const int MaxTextLength = 16 * 1024;

    private static readonly string[] LineBreaks = ["<br>", "<br/>", "<br />"];

    internal static Bitrix24Exception ToException(in ErrorContext context, HttpStatusCode status, PortalError error, TimeSpan? retryAfter)
    {
        var row = ErrorCatalog.Find(error.Code);
        var rawCode = row is null ? Sanitize(error.Code, context) : error.Code;
        var description = WithoutLineBreak(Sanitize(error.Description, context));

        // A code outside the catalog promises nothing about what happened before it was sent; the status may.
        var meaning = row is null ? HttpStatusMapping.Find((int)status) : null;
        var execution = error.HasResult ? CallExecution.Unknown
            : row?.Execution ?? (meaning is null ? CallExecution.Unknown : CallExecution.NotExecuted);
        var failure = new ErrorDetails(context.Method, execution, context.Sentence(What(status, row, rawCode, description), execution))
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

    /// <summary>A refusal by something in front of the portal, which the HTTP status proves.</summary>
    internal static Bitrix24Exception ToException(in ErrorContext context, HttpStatusCode status, HttpStatusMeaning meaning, TimeSpan? retryAfter)
    {
        var what = FormattableString.Invariant($"{meaning.Text} (HTTP {(int)status})");
        return ToException(meaning.Kind, new ErrorDetails(context.Method, CallExecution.NotExecuted, context.Sentence(what, CallExecution.NotExecuted))
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

    /// <summary>The status decides only where the code says nothing.</summary>
    private static ErrorKind KindOf(HttpStatusCode status) => HttpStatusMapping.Find((int)status)?.Kind ?? (int)status switch
    {
        401 => ErrorKind.Authentication,
        402 or 403 => ErrorKind.AccessDenied,
        >= 500 => ErrorKind.Server,
        _ => ErrorKind.InvalidRequest,
    };

    private static string What(HttpStatusCode status, ErrorCatalogRow? row, string? rawCode, string? description)
    {
        var what = new StringBuilder(row is null ? "the portal sent an error that is not in the catalog" : Uncapitalized(row.Text.TrimEnd('.')));
        what.Append(" (");
        if (!string.IsNullOrWhiteSpace(rawCode))
        {
            what.Append(PlainText.Quote(rawCode!)).Append(", ");
        }

        what.Append("HTTP ").Append(((int)status).ToString(CultureInfo.InvariantCulture)).Append(')');
        if (!string.IsNullOrEmpty(description))
        {
            what.Append("; the portal says \"").Append(PlainText.Quote(description!).TrimEnd('.')).Append('"');
        }

        return what.ToString();
    }

    /// <summary>Portals end some descriptions with an HTML line break.</summary>
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
        end >= ending.Length && string.Compare(text, end - ending.Length, ending, 0, ending.Length, StringComparison.OrdinalIgnoreCase) == 0;

    /// <summary>Without secrets, and of bounded length.</summary>
    private static string? Sanitize(string? text, in ErrorContext context)
    {
        var shown = context.Redact(Bounded(text, 2 * MaxTextLength));

        // A bound may have cut a secret in two. What is left of it is at the end, and goes as well.
        return Bounded(text?.Length > 2 * MaxTextLength ? shown!.Substring(0, Math.Max(0, shown.Length - MaxTextLength)) : shown, MaxTextLength);
    }

    private static string? Bounded(string? text, int length) => text?.Length > length ? text.Substring(0, length) : text;

    private static string Uncapitalized(string text) =>
        text.Length > 1 && !char.IsUpper(text[1]) ? char.ToLowerInvariant(text[0]) + text.Substring(1) : text;
}
