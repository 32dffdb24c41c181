using System.Net;
using System.Net.Http;

namespace Bitrix24;

/// <summary>The ways in which no readable answer comes, in words.</summary>
internal static class TransportFailure
{
    internal static Bitrix24TransportException Broken(string method, bool sendingStarted, Exception cause, Bitrix24Credentials credentials)
    {
        var where = sendingStarted ? "the connection broke after the request was sent" : "no connection to the portal could be made";
        return new(new CallFailure(method, ExecutionOf(sendingStarted), Sentence(method, $"{where}: {credentials.Redact(cause.Message).TrimEnd('.')}", sendingStarted))
        {
            // Somebody else's handler may have put the address into its message.
            Cause = credentials.Redact(cause.ToString()) == cause.ToString() ? cause : null,
        });
    }

    internal static Bitrix24TransportException TimedOut(string method, bool sendingStarted)
    {
        var what = sendingStarted ? "no answer came within the attempt timeout" : "no connection to the portal was made within the attempt timeout";
        return new(new CallFailure(method, ExecutionOf(sendingStarted), Sentence(method, what, sendingStarted)));
    }

    /// <summary>An HTML page, an empty or truncated body, a redirect: nothing that a method of a portal answers.</summary>
    internal static Bitrix24TransportException Unreadable(string method, HttpResponseMessage response, long length)
    {
        var status = (int)response.StatusCode;

        // A redirect is sent in place of running the method.
        var executed = status is not (301 or 302 or 303 or 307 or 308);
        var what = executed
            ? FormattableString.Invariant($"the answer is not JSON of the portal ({Kind(response)}, HTTP {status}, {length} bytes)")
            : FormattableString.Invariant($"the portal redirects elsewhere (HTTP {status}); its address may have changed or its licence may have run out");
        return new(new CallFailure(method, ExecutionOf(executed), Sentence(method, what, executed)) { StatusCode = response.StatusCode });
    }

    internal static Bitrix24TransportException NoResult(string method, HttpStatusCode status) =>
        new(new CallFailure(method, CallExecution.Unknown, Sentence(method, "the answer holds no result of this method", mayHaveRun: true)) { StatusCode = status });

    private static CallExecution ExecutionOf(bool mayHaveRun) => mayHaveRun ? CallExecution.Unknown : CallExecution.NotExecuted;

    private static string Sentence(string method, string what, bool mayHaveRun) =>
        $"{method} failed: {what}{(mayHaveRun ? "; it is not known whether the call ran" : string.Empty)}.";

    private static string Kind(HttpResponseMessage response) => response.Content.Headers.ContentType?.MediaType switch
    {
        "application/json" => "JSON that is broken or of another kind",
        "text/html" => "an HTML page",
        "text/plain" => "plain text",
        null => "no content type",
        _ => "another content type",
    };
}
