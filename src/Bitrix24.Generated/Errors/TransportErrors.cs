using System.Net;
using System.Runtime.CompilerServices;
using Bitrix24.Secrets;

namespace Bitrix24.Errors;

/// <summary>Creates the exceptions for calls without a readable response.</summary>
internal static class TransportErrors
{
    /// <summary>The server rejected the request before processing it, or a later connection failed.</summary>
    internal static Bitrix24TransportException NotProcessed(in ErrorContext context, Exception cause) =>
        new(
            Create(context, "the server did not process the request", mayHaveExecuted: false, RetryDisposition.AfterWaiting) with
            {
                Cause = Redaction.IsClean(cause, context.Redact) ? cause : null,
            }
        );

    internal static Bitrix24TransportException Broken(in ErrorContext context, bool sendingStarted, Exception cause)
    {
        var error =
            cause is SentAgainException ? "the first response is unknown"
            : sendingStarted ? "the connection broke after the request was sent"
            : "no connection to the portal could be established";
        var reason = PlainText.ToSingleLine(context.Redact(cause.Message)!).TrimEnd('.');
        var retry = sendingStarted ? RetryDisposition.IfIdempotent : RetryDisposition.AfterWaiting;
        var details = Create(context, $"{error}: {reason}", sendingStarted, retry);

        // A handler of the application may have put the URL into its exception.
        return new(details with { Cause = Redaction.IsClean(cause, context.Redact) ? cause : null });
    }

    internal static Bitrix24TransportException TimedOut(in ErrorContext context, bool sendingStarted) =>
        new(
            Create(
                context,
                sendingStarted ? $"no response within {context.TimeLimit}" : $"no connection to the portal within {context.TimeLimit}",
                sendingStarted,
                sendingStarted ? RetryDisposition.IfIdempotent : RetryDisposition.AfterWaiting
            )
        );

    /// <summary>The body is an HTML page, empty or truncated. The next response can be a complete one of the portal.</summary>
    internal static Bitrix24TransportException Unreadable(
        in ErrorContext context,
        HttpResponseMessage response,
        long length,
        TimeSpan? retryAfter
    )
    {
        var status = (int)response.StatusCode;
        var subject =
            response.StatusCode == HttpStatusCode.RequestTimeout
                ? "a proxy or the web server stopped waiting for the request"
                : "the response is not JSON of the portal";
        var error = FormattableString.Invariant($"{subject} ({Kind(response)}, HTTP {status}, {length} bytes)");
        return new(
            Create(context, error, mayHaveExecuted: true, RetryAfterStatus(status)) with
            {
                StatusCode = response.StatusCode,
                RetryAfter = retryAfter,
            }
        );
    }

    internal static Bitrix24TransportException TooLarge(in ErrorContext context, HttpResponseMessage response, long limit)
    {
        var error = FormattableString.Invariant(
            $"the response is larger than the limit of {limit} bytes (HTTP {(int)response.StatusCode})"
        );
        return new(Create(context, error, mayHaveExecuted: true, RetryDisposition.Never) with { StatusCode = response.StatusCode });
    }

    /// <summary>The responses of other calls leave no memory for this one.</summary>
    internal static Bitrix24TransportException TooMuchAtOnce(in ErrorContext context, HttpResponseMessage response, long limit)
    {
        var status = (int)response.StatusCode;
        var size = FormattableString.Invariant($"more than {limit} bytes (HTTP {status})");
        var error =
            $"the responses that this process reads at the same time have {size};"
            + " send fewer calls in parallel, or raise MaxTotalResponseSize";
        return new(Create(context, error, mayHaveExecuted: true, RetryDisposition.IfIdempotent) with { StatusCode = response.StatusCode });
    }

    /// <summary>The response is complete but not one of this method. The portal would send the same response again.</summary>
    internal static Bitrix24TransportException NoResult(in ErrorContext context, HttpStatusCode status) =>
        new(
            Create(context, "the response holds no result of this method", mayHaveExecuted: true, RetryDisposition.Never) with
            {
                StatusCode = status,
            }
        );

    /// <summary>The portal executed the call, but the result does not fit the type that the caller asked for.</summary>
    internal static Bitrix24TransportException ResultOfAnotherType(in ErrorContext context, HttpStatusCode status, Type type, string? path)
    {
        var where = string.IsNullOrEmpty(path) ? string.Empty : $" at {PlainText.ToSingleLine(context.Redact(path)!)}";
        var message =
            $"{context.Method} was executed, but its result cannot be read as {NameOf(type)}{where}. Do not repeat the call to read it.";
        return new(
            new ErrorDetails(context.Method, CallExecution.Executed, message)
            {
                Attempts = context.Attempts,
                StatusCode = status,
                Reason = nameof(ResultOfAnotherType),
                Retry = RetryDisposition.Never,
            }
        );
    }

    internal static Bitrix24TransportException SharedId(in ErrorContext context, long id)
    {
        var error = FormattableString.Invariant($"the portal returned the same id, {id}, for several commands of one batch");
        return new(Create(context, error, mayHaveExecuted: true, RetryDisposition.Never) with { StatusCode = HttpStatusCode.OK });
    }

    /// <summary>The portal repeats a page or ignores the sort order. To continue could loop forever or skip rows.</summary>
    internal static Bitrix24TransportException NoProgress(in ErrorContext context) =>
        new(
            Create(context, "the portal repeats rows or ignores the sort order", mayHaveExecuted: true, RetryDisposition.Never) with
            {
                StatusCode = HttpStatusCode.OK,
            }
        );

    /// <summary>The portal stopped executing a batch before it reached the call.</summary>
    internal static Bitrix24InvalidRequestException NotReached(in ErrorContext context) =>
        new(
            new ErrorDetails(
                context.Method,
                CallExecution.NotExecuted,
                $"{context.Method} was not executed because an earlier call of its group failed."
            )
            {
                Attempts = context.Attempts,
                StatusCode = HttpStatusCode.OK,
                Reason = nameof(NotReached),
            }
        );

    /// <summary>The result of a list method is not one that items can be found in.</summary>
    internal static Bitrix24TransportException NoItems(in ErrorContext context, string? path)
    {
        var where = path is null ? string.Empty : $" at '{path}'";
        return NotEnumerable(context, $"its result has no list of items{where}; set EnumerateOptions.ItemsPath to the path of the list");
    }

    internal static Bitrix24TransportException NoItemId(in ErrorContext context, string idField) =>
        NotEnumerable(context, $"an item has no id in the field '{idField}'; set EnumerateOptions.IdField to the field of the id");

    private static Bitrix24TransportException NotEnumerable(in ErrorContext context, string what, [CallerMemberName] string reason = "") =>
        new(
            new ErrorDetails(context.Method, CallExecution.Executed, $"{context.Method} cannot be enumerated: {what}.")
            {
                Attempts = context.Attempts,
                StatusCode = HttpStatusCode.OK,
                Reason = reason,
                Retry = RetryDisposition.Never,
            }
        );

    /// <summary>The client did not follow a redirect. The portal sends it instead of executing the method.</summary>
    internal static Bitrix24TransportException Redirected(in ErrorContext context, HttpStatusCode status, string target)
    {
        var error = FormattableString.Invariant($"the portal redirects (HTTP {(int)status}) {target}");
        return new(Create(context, error, mayHaveExecuted: false, RetryDisposition.Never) with { StatusCode = status });
    }

    /// <summary>Uses the name of the calling method as the reason for logs.</summary>
    private static ErrorDetails Create(
        in ErrorContext context,
        string error,
        bool mayHaveExecuted,
        RetryDisposition retry,
        [CallerMemberName] string reason = ""
    )
    {
        var execution = mayHaveExecuted ? CallExecution.Unknown : CallExecution.NotExecuted;
        return new ErrorDetails(context.Method, execution, context.Sentence(error, execution))
        {
            Attempts = context.Attempts,
            Reason = reason,
            Retry = retry,
        };
    }

    /// <summary>A page with a 4xx status rejects the request. A second attempt would be rejected as well.</summary>
    private static RetryDisposition RetryAfterStatus(int status) =>
        status is >= 400 and < 500 ? RetryDisposition.Never : RetryDisposition.IfIdempotent;

    private static string NameOf(Type type) =>
        type.IsGenericType ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>" : type.Name;

    private static string Kind(HttpResponseMessage response) =>
        response.Content.Headers.ContentType?.MediaType switch
        {
            "application/json" => "invalid or unexpected JSON",
            "text/html" => "an HTML page",
            "text/plain" => "plain text",
            null => "no content type",
            _ => "another content type",
        };
}
