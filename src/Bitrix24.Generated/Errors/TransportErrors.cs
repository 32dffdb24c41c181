using System.Net;
using System.Runtime.CompilerServices;
using Bitrix24.Secrets;

namespace Bitrix24.Errors;

/// <summary>The ways in which no readable answer comes, in words.</summary>
internal static class TransportErrors
{
    /// <summary>The server refused the request before it processed it, or a later connection for it could not be made.</summary>
    internal static Bitrix24TransportException NotProcessed(in ErrorContext context, Exception cause) =>
        new(Make(context, "the server did not process the request", mayHaveRun: false, RetryDisposition.AfterWaiting) with
        {
            Cause = Redaction.IsClean(cause, context.Redact) ? cause : null,
        });

    internal static Bitrix24TransportException Broken(in ErrorContext context, bool sendingStarted, Exception cause)
    {
        var where = cause is SentAgainException ? "no response is known"
            : sendingStarted ? "the connection broke after the request was sent"
            : "no connection to the portal could be made";
        var why = PlainText.Quote(context.Redact(cause.Message)!).TrimEnd('.');
        var retry = sendingStarted ? RetryDisposition.IfIdempotent : RetryDisposition.AfterWaiting;
        var failure = Make(context, $"{where}: {why}", sendingStarted, retry);

        // Somebody else's handler may have put the address into it.
        return new(failure with { Cause = Redaction.IsClean(cause, context.Redact) ? cause : null });
    }

    internal static Bitrix24TransportException TimedOut(in ErrorContext context, bool sendingStarted) => new(Make(
        context,
        sendingStarted ? $"no answer came within {context.TimeLimit}" : $"no connection to the portal was made within {context.TimeLimit}",
        sendingStarted,
        sendingStarted ? RetryDisposition.IfIdempotent : RetryDisposition.AfterWaiting));

    /// <summary>An HTML page, an empty or a truncated body. The next answer may be one of the portal, and whole.</summary>
    internal static Bitrix24TransportException Unreadable(in ErrorContext context, HttpResponseMessage response, long length, TimeSpan? retryAfter)
    {
        var status = (int)response.StatusCode;
        var subject = response.StatusCode == HttpStatusCode.RequestTimeout
            ? "a proxy or the web server stopped waiting for the request"
            : "the answer is not JSON of the portal";
        var what = FormattableString.Invariant($"{subject} ({Kind(response)}, HTTP {status}, {length} bytes)");
        return new(Make(context, what, mayHaveRun: true, AfterAnswer(status)) with { StatusCode = response.StatusCode, RetryAfter = retryAfter });
    }

    internal static Bitrix24TransportException TooLarge(in ErrorContext context, HttpResponseMessage response, long limit)
    {
        var what = FormattableString.Invariant($"the answer is longer than the {limit} bytes that are read (HTTP {(int)response.StatusCode})");
        return new(Make(context, what, mayHaveRun: true, RetryDisposition.Never) with { StatusCode = response.StatusCode });
    }

    /// <summary>What other calls hold of their answers leaves no room for this one.</summary>
    internal static Bitrix24TransportException TooMuchAtOnce(in ErrorContext context, HttpResponseMessage response, long limit)
    {
        var status = (int)response.StatusCode;
        var size = FormattableString.Invariant($"more than {limit} bytes (HTTP {status})");
        var what = $"the answers that this process reads at once have {size}; make fewer calls at once, or raise MaxTotalResponseSize";
        return new(Make(context, what, mayHaveRun: true, RetryDisposition.IfIdempotent) with { StatusCode = response.StatusCode });
    }

    /// <summary>The portal answered in full, but with something else: it would give the same answer again.</summary>
    internal static Bitrix24TransportException NoResult(in ErrorContext context, HttpStatusCode status) =>
        new(Make(context, "the answer holds no result of this method", mayHaveRun: true, RetryDisposition.Never) with { StatusCode = status });

    /// <summary>The portal executed the call, but the result does not fit the type that the caller asked for.</summary>
    internal static Bitrix24TransportException ResultOfAnotherType(in ErrorContext context, HttpStatusCode status, Type type, string? path)
    {
        var where = string.IsNullOrEmpty(path) ? string.Empty : $" at {PlainText.Quote(context.Redact(path)!)}";
        var message = $"{context.Method} was executed, but its result cannot be read as {NameOf(type)}{where}. Do not repeat the call to read it.";
        return new(new ErrorDetails(context.Method, CallExecution.Executed, message)
        {
            Attempts = context.Attempts,
            StatusCode = status,
            Reason = nameof(ResultOfAnotherType),
            Retry = RetryDisposition.Never,
        });
    }

    internal static Bitrix24TransportException SharedId(in ErrorContext context, long id)
    {
        var what = FormattableString.Invariant($"the portal gave the same id, {id}, to several commands of one batch");
        return new(Make(context, what, mayHaveRun: true, RetryDisposition.Never) with { StatusCode = HttpStatusCode.OK });
    }

    /// <summary>The next page is the last one again, or the rows are not in the order that was asked for: going on would never end, or leave rows out.</summary>
    internal static Bitrix24TransportException NoProgress(in ErrorContext context) =>
        new(Make(context, "the portal sends rows again, or not in the order that was asked for", mayHaveRun: true, RetryDisposition.Never) with { StatusCode = HttpStatusCode.OK });

    /// <summary>The portal stopped executing a batch before it reached the call.</summary>
    internal static Bitrix24InvalidRequestException NotReached(in ErrorContext context) =>
        new(new ErrorDetails(context.Method, CallExecution.NotExecuted, $"{context.Method} was not executed because an earlier call of its group failed.")
        {
            Attempts = context.Attempts,
            StatusCode = HttpStatusCode.OK,
            Reason = nameof(NotReached),
        });

    /// <summary>The result of a list method is not one that items can be found in.</summary>
    internal static Bitrix24TransportException NoItems(in ErrorContext context, string? path)
    {
        var where = path is null ? string.Empty : $" at '{path}'";
        return NotEnumerable(context, $"its result has no list of items{where}; set EnumerateOptions.ItemsPath to the path of the list");
    }

    internal static Bitrix24TransportException NoItemId(in ErrorContext context, string idField) =>
        NotEnumerable(context, $"an item has no id in the field '{idField}'; set EnumerateOptions.IdField to the field of the id");

    private static Bitrix24TransportException NotEnumerable(in ErrorContext context, string what, [CallerMemberName] string reason = "") =>
        new(new ErrorDetails(context.Method, CallExecution.Executed, $"{context.Method} cannot be enumerated: {what}.")
        {
            Attempts = context.Attempts,
            StatusCode = HttpStatusCode.OK,
            Reason = reason,
            Retry = RetryDisposition.Never,
        });

    /// <summary>A redirect that was not followed. It is sent in place of running the method.</summary>
    internal static Bitrix24TransportException Redirected(in ErrorContext context, HttpStatusCode status, string why) =>
        new(Make(context, FormattableString.Invariant($"the portal redirects (HTTP {(int)status}) {why}"), mayHaveRun: false, RetryDisposition.Never) with { StatusCode = status });

    /// <summary>The name of the method that asks for it is the reason in the log.</summary>
    private static ErrorDetails Make(
        in ErrorContext context, string what, bool mayHaveRun, RetryDisposition retry, [CallerMemberName] string reason = "")
    {
        var execution = mayHaveRun ? CallExecution.Unknown : CallExecution.NotExecuted;
        return new ErrorDetails(context.Method, execution, context.Sentence(what, execution))
        {
            Attempts = context.Attempts,
            Reason = reason,
            Retry = retry,
        };
    }

    /// <summary>A page under 4xx says that something in the request is not liked; it will not be liked the next time.</summary>
    private static RetryDisposition AfterAnswer(int status) => status is >= 400 and < 500 ? RetryDisposition.Never : RetryDisposition.IfIdempotent;

    private static string NameOf(Type type) => type.IsGenericType
        ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>"
        : type.Name;

    private static string Kind(HttpResponseMessage response) => response.Content.Headers.ContentType?.MediaType switch
    {
        "application/json" => "JSON that is broken or of another kind",
        "text/html" => "an HTML page",
        "text/plain" => "plain text",
        null => "no content type",
        _ => "another content type",
    };
}
