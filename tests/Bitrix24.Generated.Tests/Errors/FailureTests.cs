using System.Net;
using System.Net.Http.Headers;

namespace Bitrix24.Tests;

/// <summary>What each kind of failure says: in words, of the call, and of whether it may be sent again.</summary>
public sealed class FailureTests
{
    private static readonly ErrorContext Context = new(
        "x.add",
        Attempts: 3,
        UnknownOutcomeHint: null,
        text => text?.Replace("s3cr3t", "***", StringComparison.Ordinal)
    );

    [Fact]
    public void Message_states_execution_and_next_step()
    {
        Assert.Equal("x.add failed: it broke.", Context.Sentence("it broke", CallExecution.NotExecuted));
        Assert.Equal(
            "x.add failed: it broke; it is unknown whether the portal executed the call.",
            Context.Sentence("it broke", CallExecution.Unknown)
        );
        var idempotent = Context with { IsIdempotent = true };
        Assert.Equal("x.add failed: it broke; it is safe to send the call again.", idempotent.Sentence("it broke", CallExecution.Unknown));
        Assert.Equal("x.add failed: it broke.", idempotent.Sentence("it broke", CallExecution.NotExecuted));
        Assert.Equal(
            "x.add failed: it broke; it is unknown whether the portal executed the call: look.",
            (Context with { UnknownOutcomeHint = "look" }).Sentence("it broke", CallExecution.Unknown)
        );
    }

    [Fact]
    public void Broken_connection_is_not_executed_only_before_sending()
    {
        var cause = new HttpRequestException("reset.");
        var before = TransportErrors.Broken(Context, sendingStarted: false, cause);
        var after = TransportErrors.Broken(Context, sendingStarted: true, cause);

        Assert.Equal(
            (
                "x.add failed: no connection to the portal could be established: reset.",
                CallExecution.NotExecuted,
                RetryDisposition.AfterWaiting
            ),
            (before.Message, before.Execution, before.Retry)
        );
        Assert.Equal(
            (
                "x.add failed: the connection broke after the request was sent: reset; it is unknown whether the portal executed the call.",
                CallExecution.Unknown,
                RetryDisposition.IfIdempotent
            ),
            (after.Message, after.Execution, after.Retry)
        );
        Assert.Same(cause, before.InnerException);
        Assert.Null(TransportErrors.Broken(Context, sendingStarted: true, new HttpRequestException("s3cr3t")).InnerException);
    }

    [Fact]
    public void Cause_is_quoted_on_one_line_without_control_characters()
    {
        var cause = new HttpRequestException("Received \u001b[2J\u202e\n" + new string('x', 400));

        var failure = TransportErrors.Broken(Context, sendingStarted: false, cause);

        Assert.Equal(
            $"x.add failed: no connection to the portal could be established: Received  [2J  {new string('x', 285)}.",
            failure.Message
        );
    }

    [Fact]
    public void Timeout_is_not_executed_only_before_sending()
    {
        var before = TransportErrors.TimedOut(Context, sendingStarted: false);
        var after = TransportErrors.TimedOut(Context, sendingStarted: true);

        Assert.Equal(
            (
                "x.add failed: no connection to the portal within the attempt timeout.",
                CallExecution.NotExecuted,
                RetryDisposition.AfterWaiting
            ),
            (before.Message, before.Execution, before.Retry)
        );
        Assert.Equal(
            (
                "x.add failed: no response within the attempt timeout; it is unknown whether the portal executed the call.",
                CallExecution.Unknown,
                RetryDisposition.IfIdempotent
            ),
            (after.Message, after.Execution, after.Retry)
        );
    }

    [Theory]
    [InlineData(200, 3)]
    [InlineData(399, 3)]
    [InlineData(400, 0)]
    [InlineData(499, 0)]
    [InlineData(500, 3)]
    [InlineData(599, 3)]
    public void Page_instead_of_a_response_is_retried_except_with_4xx(int status, int advice)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent([]) };
        response.Content.Headers.ContentType = new MediaTypeHeaderValue("text/html");

        var failure = TransportErrors.Unreadable(Context, response, 7, TimeSpan.FromSeconds(5));

        Assert.Equal(
            ((RetryDisposition)advice, CallExecution.Unknown, TimeSpan.FromSeconds(5), status),
            (failure.Retry, failure.Execution, failure.RetryAfter, (int)failure.StatusCode!)
        );
        Assert.Equal(
            FormattableString.Invariant(
                $"x.add failed: the response is not JSON of the portal (an HTML page, HTTP {status}, 7 bytes); it is unknown whether the portal executed the call."
            ),
            failure.Message
        );
    }

    [Fact]
    public void Unusable_responses_are_unknown()
    {
        using var response = new HttpResponseMessage(HttpStatusCode.OK);
        var large = TransportErrors.TooLarge(Context, response, 1024);
        var none = TransportErrors.NoResult(Context, HttpStatusCode.OK);
        var circle = TransportErrors.NoProgress(Context);
        var elsewhere = TransportErrors.Redirected(Context, HttpStatusCode.Found, "too often");

        Assert.Equal(
            (
                "x.add failed: the response is larger than the limit of 1024 bytes (HTTP 200); it is unknown whether the portal executed the call.",
                CallExecution.Unknown,
                RetryDisposition.Never
            ),
            (large.Message, large.Execution, large.Retry)
        );
        Assert.Equal(
            (
                "x.add failed: the response holds no result of this method; it is unknown whether the portal executed the call.",
                CallExecution.Unknown,
                RetryDisposition.Never
            ),
            (none.Message, none.Execution, none.Retry)
        );
        Assert.Equal(
            (CallExecution.Unknown, RetryDisposition.Never, HttpStatusCode.OK),
            (circle.Execution, circle.Retry, circle.StatusCode)
        );
        Assert.Contains("repeats rows", circle.Message, StringComparison.Ordinal);
        Assert.Equal(
            (
                "x.add failed: the portal redirects (HTTP 302) too often.",
                CallExecution.NotExecuted,
                RetryDisposition.Never,
                HttpStatusCode.Found
            ),
            (elsewhere.Message, elsewhere.Execution, elsewhere.Retry, elsewhere.StatusCode)
        );
        Assert.Equal(3, large.Attempts);
    }

    [Fact]
    public void Client_side_limit_sends_nothing_and_states_the_reason()
    {
        var late = RateLimitErrors.RateLimitWaitExceeded(Context, TimeSpan.FromSeconds(5));
        var cause = new InvalidOperationException("broken");
        var broken = RateLimitErrors.RateLimiterFailed(Context, cause);

        Assert.Equal(
            (
                "x.add failed: waiting for the client-side rate limit would exceed RateLimit.MaxWait; nothing was sent.",
                CallExecution.NotExecuted,
                TimeSpan.FromSeconds(5)
            ),
            (late.Message, late.Execution, late.RetryAfter)
        );
        Assert.Equal(
            (
                "x.add failed: the rate limiter of the application failed (InvalidOperationException); nothing was sent.",
                CallExecution.NotExecuted
            ),
            (broken.Message, broken.Execution)
        );
        Assert.Same(cause, broken.InnerException);
        Assert.Null(RateLimitErrors.RateLimiterFailed(Context, new InvalidOperationException("s3cr3t")).InnerException);
        Assert.Equal(3, broken.Attempts);
    }

    [Theory]
    [InlineData("BRAND_NEW", 499, false, 0)]
    [InlineData("BRAND_NEW", 500, false, 3)]
    [InlineData("BRAND_NEW", 501, false, 3)]
    [InlineData("BRAND_NEW", 500, true, 0)]
    [InlineData("QUERY_LIMIT_EXCEEDED", 503, false, 1)]
    [InlineData("QUERY_LIMIT_EXCEEDED", 503, true, 0)]
    [InlineData("expired_token", 401, false, 2)]
    [InlineData("INTERNAL_SERVER_ERROR", 500, false, 3)]
    [InlineData("OVERLOAD_LIMIT", 503, false, 0)]
    public void Retry_depends_on_the_code_or_else_on_the_status(string code, int status, bool besideResult, int advice)
    {
        var exception = ErrorMapping.ToException(
            Context,
            (HttpStatusCode)status,
            new PortalError(code, null, besideResult),
            TimeSpan.FromSeconds(4)
        );

        Assert.Equal((RetryDisposition)advice, exception.Retry);
        Assert.Equal(TimeSpan.FromSeconds(4), exception.RetryAfter);
        Assert.Equal(3, exception.Attempts);
    }

    [Theory]
    [InlineData("<br>", "")]
    [InlineData(" Wrong.<BR/> <br /> ", "Wrong.")]
    [InlineData("a<br>b", "a<br>b")]
    [InlineData("br>", "br>")]
    [InlineData("   ", "")]
    public void Trailing_line_breaks_of_a_description_are_removed(string description, string expected) =>
        Assert.Equal(
            expected,
            ErrorMapping.ToException(Context, HttpStatusCode.BadRequest, new PortalError("X", description, false), null).ErrorDescription
        );

    [Fact]
    public void Message_quotes_one_line_of_three_hundred_characters()
    {
        var message = ErrorMapping
            .ToException(Context, HttpStatusCode.BadRequest, new PortalError("X", "a\nb\u2028c" + new string('x', 400), false), null)
            .Message;

        Assert.Contains($"the portal says \"a b c{new string('x', 295)}\"", message, StringComparison.Ordinal);
        Assert.DoesNotContain(new string('x', 296), message, StringComparison.Ordinal);
    }
}
