using System.Net;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bitrix24.Tests;

/// <summary>Tests whether and when a call is retried.</summary>
public sealed class RetryPolicyTests
{
    private static readonly OperationDescriptor Reading = new("x.get", isIdempotent: true, unknownOutcomeHint: null);
    private static readonly OperationDescriptor Making = new("x.add", isIdempotent: false, unknownOutcomeHint: null);
    private static readonly OperationDescriptor Keyed = new(
        "x.add",
        isIdempotent: false,
        unknownOutcomeHint: null,
        isRest3: true,
        acceptsIdempotencyKey: true
    );

    private readonly SkippingTimeProvider clock = new();

    [Fact]
    public async Task Keyed_call_is_retried_when_the_first_attempt_must_have_ended()
    {
        var exception = Transport(status: null);

        Assert.Equal(2, await AttemptsAsync(Keyed, exception, failures: 1, took: TimeSpan.FromSeconds(10)));

        Assert.Equal([TimeSpan.FromSeconds(50)], clock.Waits);
    }

    [Fact]
    public async Task Keyed_call_must_have_ended_a_minute_after_its_body_was_sent()
    {
        using var handler = new SlowConnection(clock);
        using var client = new TestClient(handler, options => (options.TimeProvider, options.Retry) = (clock, new Bitrix24RetryOptions()));

        Assert.Equal(
            11,
            (
                await ((Bitrix24Client)client.Bitrix24).SendAsync<AddCallListResponse>(Keyed, TestClient.Request, CancellationToken.None)
            ).Result
        );

        Assert.Equal([TimeSpan.FromSeconds(55)], clock.Waits);
    }

    [Fact]
    public async Task Keyed_call_after_a_minute_long_attempt_has_the_usual_wait()
    {
        Assert.Equal(2, await AttemptsAsync(Keyed, Transport(status: null), failures: 1, took: TimeSpan.FromSeconds(60)));

        Assert.InRange(Assert.Single(clock.Waits), TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Keyed_call_respects_a_longer_Retry_After()
    {
        var exception = new Bitrix24TransportException(
            Failure(CallExecution.Unknown, HttpStatusCode.ServiceUnavailable, RetryDisposition.IfIdempotent) with
            {
                RetryAfter = TimeSpan.FromSeconds(55),
            }
        );

        Assert.Equal(2, await AttemptsAsync(Keyed, exception, failures: 1, took: TimeSpan.FromSeconds(10)));

        Assert.Equal([TimeSpan.FromSeconds(55)], clock.Waits);
    }

    [Fact]
    public async Task Keyed_call_that_was_not_executed_has_the_usual_wait()
    {
        var exception = new Bitrix24TransportException(Failure(CallExecution.NotExecuted, status: null, RetryDisposition.AfterWaiting));

        Assert.Equal(2, await AttemptsAsync(Keyed, exception, failures: 1, took: TimeSpan.Zero));

        Assert.InRange(Assert.Single(clock.Waits), TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Keyed_call_is_not_retried_if_the_wait_exceeds_MaxDelay()
    {
        Assert.Equal(
            1,
            await AttemptsAsync(
                Keyed,
                Transport(status: null),
                failures: 1,
                took: TimeSpan.FromSeconds(10),
                maxDelay: TimeSpan.FromSeconds(49)
            )
        );
        Assert.Equal(
            2,
            await AttemptsAsync(
                Keyed,
                Transport(status: null),
                failures: 1,
                took: TimeSpan.FromSeconds(10),
                maxDelay: TimeSpan.FromSeconds(50)
            )
        );
    }

    [Theory]
    [InlineData(null, 2)]
    [InlineData(200, 2)]
    [InlineData(299, 2)]
    [InlineData(300, 1)]
    [InlineData(302, 1)]
    [InlineData(404, 1)]
    [InlineData(500, 1)]
    [InlineData(501, 1)]
    [InlineData(502, 2)]
    [InlineData(503, 2)]
    [InlineData(504, 2)]
    [InlineData(505, 1)]
    public async Task Keyed_call_is_retried_depending_on_the_status(int? status, int attempts) =>
        Assert.Equal(attempts, await AttemptsAsync(Keyed, Transport((HttpStatusCode?)status), failures: 1, took: TimeSpan.Zero));

    [Fact]
    public async Task Error_of_the_portal_is_retried_only_for_idempotent_methods()
    {
        var exception = new Bitrix24ServerException(
            Failure(CallExecution.Unknown, HttpStatusCode.BadGateway, RetryDisposition.IfIdempotent)
        );

        Assert.Equal(2, await AttemptsAsync(Reading, exception, failures: 1, took: TimeSpan.Zero));
        Assert.Equal(1, await AttemptsAsync(Making, exception, failures: 1, took: TimeSpan.Zero));
        Assert.Equal(1, await AttemptsAsync(Keyed, exception, failures: 1, took: TimeSpan.Zero));
    }

    [Fact]
    public async Task Retry_disposition_of_the_exception_is_followed()
    {
        Assert.Equal(1, await AttemptsAsync(Reading, Refused(RetryDisposition.Never), failures: 1, took: TimeSpan.Zero));
        Assert.Equal(1, await AttemptsAsync(Reading, Refused(RetryDisposition.AfterRefresh), failures: 1, took: TimeSpan.Zero));
        Assert.Equal(2, await AttemptsAsync(Making, Refused(RetryDisposition.AfterWaiting), failures: 1, took: TimeSpan.Zero));
        Assert.Equal(2, await AttemptsAsync(Reading, Refused(RetryDisposition.IfIdempotent), failures: 1, took: TimeSpan.Zero));

        static Bitrix24ServerException Refused(RetryDisposition advice) =>
            new(Failure(CallExecution.NotExecuted, HttpStatusCode.OK, advice));
    }

    [Fact]
    public async Task Attempts_end_at_MaxAttempts()
    {
        var exception = new Bitrix24ServerException(Failure(CallExecution.NotExecuted, HttpStatusCode.OK, RetryDisposition.AfterWaiting));

        Assert.Equal(4, await AttemptsAsync(Making, exception, failures: 9, took: TimeSpan.Zero));
        Assert.Equal(1, await AttemptsAsync(Making, exception, failures: 9, took: TimeSpan.Zero, maxAttempts: 1));
        Assert.Equal(2, await AttemptsAsync(Making, exception, failures: 9, took: TimeSpan.Zero, maxAttempts: 2));
    }

    [Fact]
    public async Task Outcome_of_an_attempt_takes_precedence_over_later_cancellation()
    {
        var policy = NewPolicy();
        using var cancellation = new CancellationTokenSource();
        var failure = Transport(status: null);

        var thrown = await Assert.ThrowsAsync<Bitrix24TransportException>(async () =>
            await policy.ExecuteAsync<int>(
                new CallContext(Reading, EmptyRequest.Instance),
                (_, _) =>
                {
                    cancellation.Cancel();
                    throw failure;
                },
                cancellation.Token
            )
        );

        Assert.Same(failure, thrown);
    }

    [Fact]
    public async Task CallContext_records_retry_reason_and_possible_execution()
    {
        var policy = NewPolicy();
        var call = new CallContext(Reading, EmptyRequest.Instance);
        var failures = new Queue<Bitrix24Exception>([
            new Bitrix24ServerException(Failure(CallExecution.NotExecuted, HttpStatusCode.OK, RetryDisposition.AfterWaiting)),
            Transport(status: null),
            Transport(status: null),
        ]);
        var seen = new List<(bool MayHaveRun, string? LastFailure)>();

        await policy.ExecuteAsync(
            call,
            (call, _) =>
            {
                seen.Add((call.EarlierAttemptMayHaveExecuted, call.LastFailure?.GetType().Name));
                return failures.TryDequeue(out var failure) ? throw failure : new ValueTask<int>(0);
            },
            CancellationToken.None
        );

        Assert.Equal(
            [(false, null), (false, "Bitrix24ServerException"), (true, "Bitrix24TransportException"), (true, "Bitrix24TransportException")],
            seen
        );
    }

    private RetryPolicy NewPolicy(int maxAttempts = 4, TimeSpan? maxDelay = null) =>
        new(maxAttempts, TimeSpan.FromSeconds(1), maxDelay ?? TimeSpan.FromSeconds(60), clock, NullLogger.Instance);

    private static Bitrix24TransportException Transport(HttpStatusCode? status) =>
        new(Failure(CallExecution.Unknown, status, RetryDisposition.IfIdempotent));

    private static ErrorDetails Failure(CallExecution execution, HttpStatusCode? status, RetryDisposition retry) =>
        new("x", execution, "It failed.") { StatusCode = status, Retry = retry };

    private async Task<int> AttemptsAsync(
        OperationDescriptor operation,
        Bitrix24Exception exception,
        int failures,
        TimeSpan took,
        TimeSpan? maxDelay = null,
        int maxAttempts = 4
    )
    {
        var policy = NewPolicy(maxAttempts, maxDelay);
        var call = new CallContext(operation, EmptyRequest.Instance);
        var attempts = 0;
        try
        {
            await policy.ExecuteAsync(
                call,
                (call, _) =>
                {
                    call.BeginSend(accessToken: null, clock.GetTimestamp());
                    clock.Advance(took);
                    return ++attempts <= failures ? throw exception : new ValueTask<int>(0);
                },
                CancellationToken.None
            );
        }
        catch (Bitrix24Exception thrown)
        {
            Assert.Same(exception, thrown);
        }

        return attempts;
    }

    /// <summary>On the first attempt, takes twenty seconds to connect and breaks five seconds after the body was sent.</summary>
    private sealed class SlowConnection(SkippingTimeProvider clock) : HttpMessageHandler
    {
        private int requests;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            clock.Advance(TimeSpan.FromSeconds(20));
            await request.Content!.CopyToAsync(Stream.Null, cancellationToken);
            clock.Advance(TimeSpan.FromSeconds(5));
            return requests++ == 0
                ? throw new HttpRequestException("reset")
                : new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("""{"result":11}""") };
        }
    }
}
