using System.Net;
using System.Threading.RateLimiting;
using Bitrix24.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bitrix24.Tests;

public sealed class AddCallListsTests : IDisposable
{
    private static readonly (string Name, SimulatedFault Fault, bool MayHaveRun)[] Faults =
    [
        ("reset after", SimulatedFault.ConnectionReset with { RunsCall = true }, true),
        ("reset before", SimulatedFault.ConnectionReset, true),
        ("truncated", SimulatedFault.TruncatedAnswer, true),
        ("502", SimulatedFault.HtmlPage(HttpStatusCode.BadGateway) with { RunsCall = true }, true),
        ("500", SimulatedFault.Error(HttpStatusCode.InternalServerError, "INTERNAL_SERVER_ERROR") with { RunsCall = true }, true),
        ("{}", SimulatedFault.Answer(HttpStatusCode.OK, "{}") with { RunsCall = true }, true),
        ("refused", SimulatedFault.Error(HttpStatusCode.BadRequest, "ERROR_ARGUMENT"), false),
    ];

    private static readonly (SimulatedFault Fault, Bitrix24ErrorCode Code)[] RefusalsOfAll =
    [
        (SimulatedFault.Error(HttpStatusCode.Unauthorized, "NO_AUTH_FOUND"), Bitrix24ErrorCode.NoAuthFound),
        (SimulatedFault.Error(HttpStatusCode.ServiceUnavailable, "OVERLOAD_LIMIT"), Bitrix24ErrorCode.OverloadLimit),
        (SimulatedFault.Error(HttpStatusCode.InternalServerError, "PORTAL_DELETED"), Bitrix24ErrorCode.PortalDeleted),
        (SimulatedFault.Error(HttpStatusCode.Forbidden, "insufficient_scope"), Bitrix24ErrorCode.InsufficientScope),
    ];

    private static readonly AsyncLocal<bool> failingCalls = new();

    private readonly SimulatedPortal portal = SimulatedPortal.Start();
    private readonly Bitrix24Client bitrix24;

    public AddCallListsTests()
    {
        portal.Contacts.Add([.. Enumerable.Range(1, 2000)]);
        portal.Webforms.Add(1);
        bitrix24 = TestClient.On(portal.WebhookUrl);
    }

    public void Dispose() => portal.Dispose();

    [Fact]
    public async Task Fifty_lists_go_with_one_request_and_each_has_an_outcome_in_order()
    {
        var requests = Requests(120);

        var outcomes = await ToListAsync(bitrix24.AddCallListsAsync(requests));

        Assert.Equal(["batch", "batch", "batch"], portal.Requests.Select(request => request.Method));
        Assert.Equal(Enumerable.Range(0, 120), outcomes.Select(outcome => outcome.Index));
        Assert.Equal(requests, outcomes.Select(outcome => outcome.Request));
        Assert.Equal(Enumerable.Range(1, 120).Select(id => (long?)id), outcomes.Select(outcome => outcome.Id));
        Assert.All(
            outcomes,
            outcome =>
                Assert.Equal(
                    (CallExecution.Executed, null, true),
                    (outcome.Execution, outcome.Exception, outcome.Time!.Operating is not null)
                )
        );
        Assert.Equal(requests.Select(request => request.Entities), portal.CallLists.Select(list => list.Entities));
        Assert.Equal("0: call list 1", outcomes[0].ToString());
    }

    [Fact]
    public async Task Lists_that_fail_do_so_by_themselves()
    {
        portal.Contacts.AddUnreadable(30);
        AddCallListRequest[] requests =
        [
            TestClient.Request,
            new() { EntityType = CallListEntityType.Contact, Entities = [9, 9] },
            new() { EntityType = CallListEntityType.Contact, Entities = [4040] },
            new() { EntityType = CallListEntityType.Contact, Entities = [30] },
            TestClient.Request,
        ];

        var outcomes = await ToListAsync(bitrix24.AddCallListsAsync(requests));

        Assert.Equal([1, null, null, null, 2], outcomes.Select(outcome => outcome.Id));
        Assert.Equal(
            [
                CallExecution.Executed,
                CallExecution.NotExecuted,
                CallExecution.NotExecuted,
                CallExecution.NotExecuted,
                CallExecution.Executed,
            ],
            outcomes.Select(outcome => outcome.Execution)
        );
        var refused = Assert.IsType<Bitrix24InvalidRequestException>(outcomes[1].Exception);
        Assert.IsType<ArgumentException>(refused.InnerException);
        Assert.Equal((0, "crm.calllist.add", null), (refused.Attempts, refused.Method, refused.StatusCode));
        Assert.StartsWith("crm.calllist.add was not sent: Entities[1] repeats 9", refused.Message, StringComparison.Ordinal);
        Assert.Equal(
            (Bitrix24ErrorCode.EntityError, "crm.calllist.add"),
            (Assert.IsType<Bitrix24InvalidRequestException>(outcomes[2].Exception).ErrorCode, outcomes[2].Exception!.Method)
        );
        Assert.Equal(Bitrix24ErrorCode.AccessError, Assert.IsType<Bitrix24AccessDeniedException>(outcomes[3].Exception).ErrorCode);
        Assert.StartsWith("2: crm.calllist.add failed: ", outcomes[2].ToString(), StringComparison.Ordinal);
        Assert.Single(portal.Requests);
    }

    [Fact]
    public async Task Nothing_is_sent_when_no_request_can_be_right()
    {
        var outcomes = await ToListAsync(bitrix24.AddCallListsAsync([new AddCallListRequest(), new AddCallListRequest()]));

        Assert.All(outcomes, outcome => Assert.Equal(CallExecution.NotExecuted, outcome.Execution));
        Assert.Empty(await ToListAsync(bitrix24.AddCallListsAsync(Array.Empty<AddCallListRequest>())));
        Assert.Empty(portal.Requests);
    }

    [Fact]
    public async Task A_batch_that_fails_marks_its_own_lists_and_is_never_sent_again()
    {
        var patient = TestClient.On(
            portal.WebhookUrl,
            options =>
            {
                options.Retry.MaxAttempts = 5;
                options.TimeProvider = new SkippingTimeProvider();
            }
        );
        foreach (var (name, fault, mayHaveRun) in Faults)
        {
            var (requestsBefore, listsBefore) = (portal.Requests.Count, portal.CallLists.Count);
            var outcomes = new List<AddCallListOutcome>();
            await foreach (var outcome in patient.AddCallListsAsync(Requests(150)))
            {
                outcomes.Add(outcome);
                if (outcomes.Count == 1)
                {
                    portal.FailNext(fault);
                }
            }

            Assert.Equal(3, portal.Requests.Count - requestsBefore);
            Assert.Equal(Enumerable.Range(0, 150), outcomes.Select(outcome => outcome.Index));
            Assert.All(
                outcomes.Where(outcome => outcome.Index is < 50 or >= 100),
                outcome => Assert.Equal(CallExecution.Executed, outcome.Execution)
            );
            Assert.All(
                outcomes.Where(outcome => outcome.Index is >= 50 and < 100),
                outcome =>
                {
                    Assert.Equal((name, mayHaveRun ? CallExecution.Unknown : CallExecution.NotExecuted), (name, outcome.Execution));
                    Assert.Equal((null, "batch"), (outcome.Id, outcome.Exception!.Method));
                }
            );
            Assert.Equal(fault.RunsCall ? 150 : 100, portal.CallLists.Count - listsBefore);
        }
    }

    [Fact]
    public async Task A_refusal_that_holds_for_all_ends_the_sending_and_the_rest_did_not_run()
    {
        foreach (var (fault, code) in RefusalsOfAll)
        {
            var (requestsBefore, listsBefore) = (portal.Requests.Count, portal.CallLists.Count);
            var outcomes = new List<AddCallListOutcome>();
            await foreach (var outcome in bitrix24.AddCallListsAsync([.. Requests(5000), Many(1500)]))
            {
                outcomes.Add(outcome);
                if (outcomes.Count == 1)
                {
                    portal.FailNext(fault, times: 1000);
                }
            }

            portal.StopFailing();
            Assert.Equal((2, 50), (portal.Requests.Count - requestsBefore, portal.CallLists.Count - listsBefore));
            Assert.Equal(Enumerable.Range(0, 5001), outcomes.Select(outcome => outcome.Index));
            Assert.All(
                outcomes.Skip(50),
                outcome => Assert.Equal((CallExecution.NotExecuted, code), (outcome.Execution, outcome.Exception!.ErrorCode))
            );
        }
    }

    [Fact]
    public async Task A_refusal_of_every_list_of_a_batch_that_holds_for_all_ends_the_sending()
    {
        var handler = new StubHandler(
            async (request, cancellation) =>
            {
                var commands = (Newtonsoft.Json.Linq.JObject)
                    Newtonsoft.Json.Linq.JObject.Parse(await request.Content!.ReadAsStringAsync(cancellation))["cmd"]!;
                var errors = string.Join(
                    ",",
                    commands.Properties().Select(command => $"\"{command.Name}\":{{\"error\":\"insufficient_scope\"}}")
                );
                return new HttpResponseMessage(HttpStatusCode.OK)
                {
                    Content = new StringContent("{\"result\":{\"result\":[],\"result_error\":{" + errors + "}}}"),
                };
            }
        );
        using var client = new TestClient(handler);

        var outcomes = await ToListAsync(client.Bitrix24.AddCallListsAsync(Requests(500)));

        Assert.Equal((1, 500), (handler.Requests, outcomes.Count));
        Assert.All(
            outcomes,
            outcome =>
                Assert.Equal(
                    (CallExecution.NotExecuted, Bitrix24ErrorCode.InsufficientScope),
                    (outcome.Execution, outcome.Exception!.ErrorCode)
                )
        );
    }

    [Fact]
    public async Task A_refresh_that_is_refused_ends_the_sending()
    {
        portal.ExpireAccessToken();
        portal.FailNextRenewal(SimulatedFault.Error(HttpStatusCode.BadRequest, "invalid_grant"), times: 100);
        var application = TestClient.On(TestCredentials.OAuth(portal, new InMemoryBitrix24TokenStore(TestCredentials.TokenOf(portal))));

        var outcomes = await ToListAsync(application.AddCallListsAsync(Requests(500)));

        Assert.Equal(500, outcomes.Count);
        Assert.All(
            outcomes,
            outcome =>
                Assert.Equal((CallExecution.NotExecuted, Bitrix24ErrorCode.InvalidGrant), (outcome.Execution, outcome.Exception!.ErrorCode))
        );
        Assert.Equal(2, portal.Requests.Count);
    }

    [Fact]
    public async Task Three_batches_in_a_row_without_a_connection_end_the_sending()
    {
        var handler = new UnreachableHandler();
        using var client = new TestClient(handler);

        var outcomes = await ToListAsync(client.Bitrix24.AddCallListsAsync(Requests(1000)));

        Assert.Equal(3, handler.Requests);
        Assert.All(
            outcomes,
            outcome => Assert.Equal((CallExecution.NotExecuted, true), (outcome.Execution, outcome.Exception is Bitrix24TransportException))
        );
        Assert.Equal(1000, outcomes.Count);
    }

    [Fact]
    public async Task A_slow_source_does_not_hold_back_what_it_gave()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var live = TestClient.On(
            portal.WebhookUrl,
            options => (options.TimeProvider, options.AttemptTimeout) = (clock, Timeout.InfiniteTimeSpan)
        );
        var channel = System.Threading.Channels.Channel.CreateUnbounded<AddCallListRequest>();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var source = Observed(
            channel.Reader,
            index =>
            {
                if (index == 3)
                {
                    asked.SetResult();
                }
            }
        );
        await using var outcomes = live.AddCallListsAsync(source, new AddCallListsOptions { MaxBatchDelay = TimeSpan.FromSeconds(1) })
            .GetAsyncEnumerator();
        foreach (var request in Requests(3))
        {
            channel.Writer.TryWrite(request);
        }

        var first = outcomes.MoveNextAsync().AsTask();
        await asked.Task;
        await EventuallyAsync(() =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(10));
            return portal.CallLists.Count == 3;
        });
        Assert.True(await first);
        Assert.Single(portal.Requests);

        // What comes later is not lost, nor is the end of the source.
        channel.Writer.TryWrite(TestClient.Request);
        channel.Writer.Complete();
        for (var index = 1; index < 4; index++)
        {
            Assert.True(await outcomes.MoveNextAsync());
            Assert.Equal((index, index + 1L), (outcomes.Current.Index, outcomes.Current.Id));
        }

        Assert.False(await outcomes.MoveNextAsync());
    }

    [Fact]
    public async Task A_batch_waits_no_longer_than_allowed_from_its_first_list_on()
    {
        var clock = new TimerClock();
        var live = TestClient.On(
            portal.WebhookUrl,
            options => (options.TimeProvider, options.AttemptTimeout) = (clock, Timeout.InfiniteTimeSpan)
        );
        var channel = System.Threading.Channels.Channel.CreateUnbounded<AddCallListRequest>();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var source = Observed(
            channel.Reader,
            index =>
            {
                if (index == 1)
                {
                    asked.SetResult();
                }
            }
        );
        channel.Writer.TryWrite(TestClient.Request);
        var all = ToListAsync(live.AddCallListsAsync(source, new AddCallListsOptions { MaxBatchDelay = Timeout.InfiniteTimeSpan }));
        await asked.Task;
        clock.Advance(TimeSpan.FromHours(5));
        channel.Writer.TryWrite(TestClient.Request);
        channel.Writer.Complete();
        Assert.Equal(2, (await all).Count);
        Assert.Single(portal.Requests);
        Assert.Empty(clock.Timers);

        Assert.Throws<ArgumentException>(() =>
            bitrix24.AddCallListsAsync(Requests(1), new AddCallListsOptions { MaxBatchDelay = TimeSpan.FromSeconds(-1) })
        );
        Assert.Throws<ArgumentException>(() =>
            bitrix24.AddCallListsAsync(Requests(1), new AddCallListsOptions { MaxBatchDelay = TimeSpan.FromDays(2) })
        );
    }

    [Fact]
    public async Task A_batch_that_did_not_run_is_tried_again()
    {
        var patient = TestClient.On(
            portal.WebhookUrl,
            options =>
            {
                options.Retry.MaxAttempts = 3;
                options.TimeProvider = new SkippingTimeProvider();
            }
        );
        portal.FailNext(SimulatedFault.Error(HttpStatusCode.ServiceUnavailable, "QUERY_LIMIT_EXCEEDED"), times: 2);

        Assert.All(await ToListAsync(patient.AddCallListsAsync(Requests(3))), outcome => Assert.NotNull(outcome.Id));

        portal.FailNext(SimulatedFault.Error(HttpStatusCode.ServiceUnavailable, "QUERY_LIMIT_EXCEEDED"), times: 3);
        Assert.All(
            await ToListAsync(patient.AddCallListsAsync(Requests(3))),
            outcome => Assert.Equal((CallExecution.NotExecuted, 3), (outcome.Execution, outcome.Exception!.Attempts))
        );
        Assert.Equal(3, portal.CallLists.Count);
    }

    [Fact]
    public async Task A_list_whose_members_a_batch_would_lose_goes_alone_and_in_its_turn()
    {
        AddCallListRequest[] requests = [.. Requests(2), Many(999), Many(1000), Many(2000), TestClient.Request];

        var outcomes = await ToListAsync(bitrix24.AddCallListsAsync(requests));

        Assert.Equal(["batch", "crm.calllist.add", "crm.calllist.add", "batch"], portal.Requests.Select(request => request.Method));
        Assert.Equal(requests.Select(request => request.Entities.Count), portal.CallLists.Select(list => list.Entities.Count));
        Assert.Equal([1, 2, 3, 4, 5, 6], outcomes.Select(outcome => outcome.Id));

        portal.FailNext(SimulatedFault.ConnectionReset with { RunsCall = true });
        var lost = Assert.Single(await ToListAsync(bitrix24.AddCallListsAsync([Many(1500)])));
        Assert.Equal((CallExecution.Unknown, "crm.calllist.add"), (lost.Execution, lost.Exception!.Method));
    }

    [Fact]
    public async Task Batches_end_early_where_they_would_get_too_long()
    {
        var handler = new StubHandler(
            async (request, cancellation) =>
            {
                var commands = (Newtonsoft.Json.Linq.JObject)
                    Newtonsoft.Json.Linq.JObject.Parse(await request.Content!.ReadAsStringAsync(cancellation))["cmd"]!;
                var results = string.Join(
                    ",",
                    commands.Properties().Select(command => $"\"{command.Name}\":1{command.Name.TrimStart('c')}")
                );
                return new HttpResponseMessage(HttpStatusCode.OK)
                {
                    Content = new StringContent($$$"""{"result":{"result":{{{{results}}}},"result_error":[]}}"""),
                };
            }
        );
        using var client = new TestClient(handler);

        var outcomes = await ToListAsync(
            client.Bitrix24.AddCallListsAsync(
                Enumerable
                    .Range(0, 50)
                    .Select(_ => new AddCallListRequest
                    {
                        EntityType = CallListEntityType.Contact,
                        Entities = [.. Enumerable.Range(0, 999).Select(id => 1_000_000_000_000L + id)],
                    })
            )
        );

        Assert.Equal(50, outcomes.Count(outcome => outcome.Id is not null));
        Assert.All(handler.Bodies, body => Assert.InRange(body.Length, 100_000, 530_000));
        Assert.Equal(3, handler.Requests);
    }

    [Fact]
    public async Task Progress_is_reported_for_each_request()
    {
        var progress = new List<AddCallListsProgress>();
        portal.Contacts.AddUnreadable(30);
        AddCallListRequest[] requests =
        [
            .. Requests(3),
            new() { EntityType = CallListEntityType.Contact, Entities = [30] },
            .. Requests(2),
        ];
        var seen = 0;

        await foreach (
            var _ in bitrix24.AddCallListsAsync(requests, new AddCallListsOptions { BatchSize = 4, Progress = new Listener(progress.Add) })
        )
        {
            seen++;
            Assert.True(progress[^1].Completed >= seen);
        }

        Assert.Equal([new AddCallListsProgress(3, 1, 0), new AddCallListsProgress(5, 1, 0)], progress);
        Assert.Equal(6, progress[^1].Completed);
    }

    [Fact]
    public async Task As_many_requests_are_under_way_as_allowed_and_the_order_is_kept()
    {
        var gates = Enumerable.Range(0, 6).Select(_ => new TaskCompletionSource()).ToArray();
        var arrived = 0;
        var handler = new StubHandler(
            async (request, cancellation) =>
            {
                var number = Interlocked.Increment(ref arrived) - 1;
                await gates[number].Task;
                var key = Newtonsoft.Json.Linq.JObject.Parse(await request.Content!.ReadAsStringAsync(cancellation))[
                    "cmd"
                ]!.First!.Path.Split('.')[^1];
                return new HttpResponseMessage(HttpStatusCode.OK)
                {
                    Content = new StringContent($$$"""{"result":{"result":{"{{{key}}}":{{{number + 1}}}},"result_error":[]}}"""),
                };
            }
        );
        using var client = new TestClient(handler);

        var all = ToListAsync(
            client.Bitrix24.AddCallListsAsync(Requests(6), new AddCallListsOptions { BatchSize = 1, MaxConcurrency = 3 })
        );
        for (var number = 0; number < 6; number += 3)
        {
            await EventuallyAsync(() => Volatile.Read(ref arrived) == number + 3);
            gates[number + 2].SetResult();
            gates[number + 1].SetResult();
            Assert.Equal(number + 3, arrived);
            gates[number].SetResult();
        }

        Assert.Equal([0, 1, 2, 3, 4, 5], (await all).Select(outcome => outcome.Index));
    }

    [Fact]
    public async Task A_cancellation_sends_nothing_more_and_loses_no_outcome()
    {
        using var stop = new CancellationTokenSource();
        var gate = new TaskCompletionSource();
        var arrived = 0;
        var handler = new StubHandler(
            async (_, cancellation) =>
            {
                Interlocked.Increment(ref arrived);
                await gate.Task.WaitAsync(cancellation);
                return new HttpResponseMessage(HttpStatusCode.OK)
                {
                    Content = new StringContent("""{"result":{"result":{"c0":11,"c1":12,"c2":13,"c3":14},"result_error":[]}}"""),
                };
            }
        );
        using var client = new TestClient(handler);
        var outcomes = new List<AddCallListOutcome>();

        var all = Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (
                var outcome in client.Bitrix24.AddCallListsAsync(
                    Requests(10),
                    new AddCallListsOptions { BatchSize = 2, MaxConcurrency = 2 },
                    stop.Token
                )
            )
            {
                outcomes.Add(outcome);
            }
        });
        await EventuallyAsync(() => Volatile.Read(ref arrived) == 2);
        await stop.CancelAsync();
        gate.SetResult();

        Assert.Equal(stop.Token, (await all).CancellationToken);
        Assert.Equal([11, 12, 13, 14], outcomes.Select(outcome => outcome.Id));
        Assert.Equal(2, handler.Requests);
    }

    [Fact]
    public async Task A_cancellation_ends_the_wait_for_a_turn()
    {
        using var stop = new CancellationTokenSource();
        using var limiter = new TwoTurnsLimiter(stop.Cancel);
        var limited = TestClient.On(portal.WebhookUrl, options => options.RateLimit = Bitrix24RateLimit.Custom(limiter));
        var outcomes = new List<AddCallListOutcome>();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var outcome in limited.AddCallListsAsync(Requests(10), new AddCallListsOptions { BatchSize = 1 }, stop.Token))
            {
                outcomes.Add(outcome);
            }
        });

        Assert.Equal([1, 2], outcomes.Select(outcome => outcome.Id));
        Assert.Equal(2, portal.Requests.Count);
    }

    [Fact]
    public async Task A_cancellation_while_a_turn_is_given_sends_nothing()
    {
        using var stop = new CancellationTokenSource();
        using var limiter = new TwoTurnsLimiter(onWait: () => { }, onTurn: stop.Cancel);
        var limited = TestClient.On(portal.WebhookUrl, options => options.RateLimit = Bitrix24RateLimit.Custom(limiter));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            ToListAsync(limited.AddCallListsAsync(Requests(1), cancellationToken: stop.Token))
        );

        Assert.Empty(portal.Requests);
    }

    [Fact]
    public async Task A_cancellation_of_the_wait_after_a_refusal_leaves_nothing_unknown()
    {
        using var stop = new CancellationTokenSource();
        using var log = new CollectingLogger();
        portal.FailNext(SimulatedFault.Error(HttpStatusCode.ServiceUnavailable, "QUERY_LIMIT_EXCEEDED"));
        var waiting = Bitrix24Client.Create(
            new Bitrix24ClientOptions
            {
                Credentials = Bitrix24Credentials.Webhook(portal.WebhookUrl),
                TimeProvider = new SkippingTimeProvider(longestWait: TimeSpan.Zero),
            },
            log
        );
        var outcomes = new List<AddCallListOutcome>();

        var all = Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var outcome in waiting.AddCallListsAsync(Requests(2), cancellationToken: stop.Token))
            {
                outcomes.Add(outcome);
            }
        });
        await EventuallyAsync(() => log.Messages.Any(message => message.Contains("QueryLimitExceeded", StringComparison.Ordinal)));
        await stop.CancelAsync();

        Assert.Equal(stop.Token, (await all).CancellationToken);
        Assert.Empty(outcomes);
        Assert.Empty(portal.CallLists);
        Assert.Single(portal.Requests);
    }

    private sealed class UnreachableHandler : HttpMessageHandler
    {
        public int Requests { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            throw new HttpRequestException("refused");
        }
    }

    [Fact]
    public async Task A_clock_that_fails_behind_an_answer_loses_no_outcome()
    {
        var clock = new FailingClock();
        using var client = new TestClient(
            new StubHandler(
                (_, _) =>
                {
                    clock.Fails = true;
                    return Task.FromResult(
                        new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("""{"result":{"result":{"c0":11}}}""") }
                    );
                }
            ),
            options => options.TimeProvider = clock
        );
        var outcomes = new List<AddCallListOutcome>();

        await Assert.ThrowsAsync<InvalidTimeZoneException>(async () =>
        {
            await foreach (var outcome in client.Bitrix24.AddCallListsAsync(Requests(1)))
            {
                outcomes.Add(outcome);
            }
        });

        Assert.Equal(CallExecution.Unknown, Assert.Single(outcomes).Execution);
    }

    [Fact]
    public async Task A_source_that_fails_ends_it_after_the_outcomes_of_what_was_sent()
    {
        async IAsyncEnumerable<AddCallListRequest> Source()
        {
            for (var index = 0; ; index++)
            {
                await Task.Yield();
                yield return index < 5 ? TestClient.Request : throw new InvalidDataException("line 6");
            }
        }

        var outcomes = new List<AddCallListOutcome>();
        var exception = await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await foreach (var outcome in bitrix24.AddCallListsAsync(Source(), new AddCallListsOptions { BatchSize = 2 }))
            {
                outcomes.Add(outcome);
            }
        });

        Assert.Equal("line 6", exception.Message);
        Assert.Equal(4, outcomes.Count);
        Assert.Equal(4, portal.CallLists.Count);
    }

    [Fact]
    public async Task Progress_that_fails_ends_it_after_the_outcomes_of_what_was_sent()
    {
        var outcomes = new List<AddCallListOutcome>();
        await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await foreach (
                var outcome in bitrix24.AddCallListsAsync(
                    Requests(5),
                    new AddCallListsOptions
                    {
                        BatchSize = 1,
                        MaxConcurrency = 2,
                        Progress = new Listener(_ => throw new InvalidDataException()),
                    }
                )
            )
            {
                outcomes.Add(outcome);
            }
        });

        Assert.Equal(portal.CallLists.Count, outcomes.Count);
        Assert.InRange(outcomes.Count, 1, 3);
    }

    [Fact]
    public async Task What_is_wrong_with_the_arguments_is_said_before_anything_is_sent()
    {
        Assert.Throws<ArgumentNullException>("requests", () => bitrix24.AddCallListsAsync((IEnumerable<AddCallListRequest>)null!));
        Assert.Throws<ArgumentNullException>("requests", () => bitrix24.AddCallListsAsync((IAsyncEnumerable<AddCallListRequest>)null!));
        Assert.Throws<ArgumentException>(
            "options",
            () => bitrix24.AddCallListsAsync(Requests(1), new AddCallListsOptions { BatchSize = 51 })
        );
        Assert.Throws<ArgumentException>(
            "options",
            () => bitrix24.AddCallListsAsync(Requests(1), new AddCallListsOptions { MaxConcurrency = 0 })
        );
        await Assert.ThrowsAsync<ArgumentException>("requests", () => ToListAsync(bitrix24.AddCallListsAsync([TestClient.Request, null!])));
        Assert.Empty(portal.Requests);
    }

    [Fact]
    public async Task Outcomes_cannot_be_enumerated_twice()
    {
        var outcomes = bitrix24.AddCallListsAsync(Requests(2));

        await ToListAsync(outcomes);

        await Assert.ThrowsAsync<InvalidOperationException>(() => ToListAsync(outcomes));
        Assert.Equal(2, portal.CallLists.Count);
    }

    [Fact]
    public async Task Who_leaves_early_finds_the_other_outcomes_in_the_log()
    {
        using var log = new CollectingLogger();
        using var client = new TestClient(
            new StubHandler(
                (_, _) =>
                    Task.FromResult(
                        new HttpResponseMessage(HttpStatusCode.OK)
                        {
                            Content = new StringContent("""{"result":{"result":{"c0":11,"c1":12},"result_error":[]}}"""),
                        }
                    )
            ),
            register: services => services.AddLogging(logging => logging.AddProvider(log))
        );

        await foreach (
            var _ in client.Bitrix24.AddCallListsAsync(Requests(4), new AddCallListsOptions { BatchSize = 1, MaxConcurrency = 2 })
        )
        {
            break;
        }

        Assert.Contains(
            "10 Warning: crm.calllist.add in a batch has an outcome that was not enumerated: request 1, id 12, execution: Executed.",
            log.Messages
        );
    }

    [Fact]
    public async Task Who_leaves_in_the_middle_of_a_batch_finds_the_rest_of_it_in_the_log()
    {
        using var log = new CollectingLogger();
        var logged = Bitrix24Client.Create(new Bitrix24ClientOptions { Credentials = Bitrix24Credentials.Webhook(portal.WebhookUrl) }, log);

        await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await foreach (var outcome in logged.AddCallListsAsync(Requests(50)))
            {
                if (outcome.Index == 3)
                {
                    throw new InvalidDataException();
                }
            }
        });

        Assert.Equal(
            Enumerable
                .Range(4, 46)
                .Select(index =>
                    $"10 Warning: crm.calllist.add in a batch has an outcome that was not enumerated: request {index}, id {index + 1}, execution: Executed."
                ),
            log.Messages.Where(message => message.Contains("was not enumerated", StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task A_live_source_is_not_asked_for_more_before_a_full_batch_is_sent()
    {
        var source = System.Threading.Channels.Channel.CreateUnbounded<AddCallListRequest>();
        source.Writer.TryWrite(TestClient.Request);
        var ids = new List<long?>();

        await foreach (
            var outcome in bitrix24.AddCallListsAsync(
                source.Reader.ReadAllAsync(),
                new AddCallListsOptions { BatchSize = 1, MaxConcurrency = 2 }
            )
        )
        {
            ids.Add(outcome.Id);
            Assert.True(outcome.Index == 2 ? source.Writer.TryComplete() : source.Writer.TryWrite(TestClient.Request));
        }

        Assert.Equal([1, 2, 3], ids);
    }

    [Fact]
    public async Task A_stop_is_not_forgotten_while_the_source_waits()
    {
        using var stop = new CancellationTokenSource();
        var waiting = new TaskCompletionSource();
        async IAsyncEnumerable<AddCallListRequest> Source(
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default
        )
        {
            yield return TestClient.Request;
            using var registration = cancellationToken.Register(waiting.SetResult);
            await waiting.Task;
            yield return TestClient.Request;
        }

        var options = new AddCallListsOptions
        {
            BatchSize = 1,
            MaxConcurrency = 2,
            Progress = new Listener(_ => throw new InvalidDataException()),
        };
        var outcomes = new List<AddCallListOutcome>();
        await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await foreach (var outcome in bitrix24.AddCallListsAsync(Source(), options, stop.Token))
            {
                outcomes.Add(outcome);
            }
        });

        Assert.Equal(1, Assert.Single(outcomes).Id);
        Assert.Single(portal.CallLists);
    }

    [Fact]
    public async Task A_logger_that_fails_changes_no_outcome()
    {
        var logged = Bitrix24Client.Create(
            new Bitrix24ClientOptions { Credentials = Bitrix24Credentials.Webhook(portal.WebhookUrl) },
            new FailingLogger()
        );
        AddCallListRequest[] requests =
        [
            TestClient.Request,
            new() { EntityType = CallListEntityType.Contact, Entities = [4040] },
            TestClient.Request,
        ];

        Assert.Equal([1, null, 2], (await ToListAsync(logged.AddCallListsAsync(requests))).Select(outcome => outcome.Id));
        Assert.Equal(3, (await logged.AddCallListAndVerifyAsync(TestClient.Request)).Id);
        await foreach (var _ in logged.AddCallListsAsync(Requests(3)))
        {
            break;
        }

        await Assert.ThrowsAsync<Bitrix24InvalidRequestException>(() => logged.AddCallListAsync(requests[1]));
    }

    [Theory]
    [InlineData("\"result_time\":{\"c0\":[]}")]
    [InlineData("\"result_time\":{\"c0\":\"x\"}")]
    [InlineData("\"result_time\":false")]
    [InlineData("\"result_total\":0")]
    [InlineData("\"result_next\":\"\"")]
    [InlineData("\"result_error\":\"\"")]
    [InlineData("\"result_error\":{\"c2\":\"ENTITY_ERROR\"}")]
    [InlineData("\"result_error\":{\"c2\":[]}")]
    [InlineData("\"result_error\":{\"c2\":{\"error\":[],\"error_description\":{}}}")]
    public async Task What_is_odd_beside_the_results_spoils_none(string member)
    {
        using var client = new TestClient(
            StubHandler.Answering(HttpStatusCode.OK, "{\"result\":{\"result\":{\"c0\":11,\"c1\":12}," + member + "}}")
        );

        var outcomes = await ToListAsync(client.Bitrix24.AddCallListsAsync(Requests(3)));

        Assert.Equal([11, 12, null], outcomes.Select(outcome => outcome.Id));
        Assert.Equal(CallExecution.Unknown, outcomes[2].Execution);
    }

    [Theory]
    [InlineData("{\"result\":{\"result\":{\"c0\":11,\"c0\":12}}}")]
    [InlineData("{\"result\":{\"result\":{\"c0\":11,\"c0\":null},\"result_error\":{\"c0\":{\"error\":\"ENTITY_ERROR\"}}}}")]
    [InlineData(
        "{\"result\":{\"result\":[],\"result_error\":{\"c0\":{\"error\":\"INTERNAL_SERVER_ERROR\"},\"c0\":{\"error\":\"ENTITY_ERROR\"}}}}"
    )]
    [InlineData("{\"result\":{\"result\":{\"c0\":11}},\"result\":{\"result\":[],\"result_error\":{\"c0\":{\"error\":\"ENTITY_ERROR\"}}}}")]
    [InlineData("{\"result\":{\"result\":{\"c0\":11}},\"result\":null,\"error\":\"QUERY_LIMIT_EXCEEDED\"}")]
    [InlineData("{\"error\":\"INTERNAL_SERVER_ERROR\",\"error\":\"QUERY_LIMIT_EXCEEDED\"}")]
    public async Task An_answer_that_says_two_things_is_believed_in_neither(string answer)
    {
        var handler = StubHandler.Answering(HttpStatusCode.OK, answer);
        using var client = new TestClient(handler, options => options.Retry.MaxAttempts = 3);

        var outcome = Assert.Single(await ToListAsync(client.Bitrix24.AddCallListsAsync(Requests(1))));

        Assert.Equal((CallExecution.Unknown, null, 1), (outcome.Execution, outcome.Id, handler.Requests));
    }

    [Fact]
    public async Task One_id_for_two_commands_leaves_open_which_of_them_ran()
    {
        const string Answer = """
            {"result":{"result":{"c0":11,"c1":12,"c2":"11","c4":13},"result_error":{"c3":{"error":"ENTITY_ERROR"}}}}
            """;
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, Answer));

        var outcomes = await ToListAsync(client.Bitrix24.AddCallListsAsync(Requests(5)));

        Assert.Equal([null, 12, null, null, 13], outcomes.Select(outcome => outcome.Id));
        Assert.Equal(
            [CallExecution.Unknown, CallExecution.Executed, CallExecution.Unknown, CallExecution.NotExecuted, CallExecution.Executed],
            outcomes.Select(outcome => outcome.Execution)
        );
        foreach (var index in new[] { 0, 2 })
        {
            var exception = Assert.IsType<Bitrix24TransportException>(outcomes[index].Exception);
            Assert.Contains("returned the same id, 11, for several commands of one batch;", exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_listener_that_fails_changes_nothing_of_what_came_of_the_lists()
    {
        using var listener = new System.Diagnostics.ActivityListener
        {
            ShouldListenTo = source => source.Name == "Bitrix24.Generated",
            Sample = (ref System.Diagnostics.ActivityCreationOptions<System.Diagnostics.ActivityContext> options) =>
                failingCalls.Value ? System.Diagnostics.ActivitySamplingResult.AllData : System.Diagnostics.ActivitySamplingResult.None,
            ActivityStarted = activity => GC.KeepAlive(failingCalls.Value ? throw new TaskCanceledException() : activity),
            ActivityStopped = activity => GC.KeepAlive(failingCalls.Value ? throw new TaskCanceledException() : activity),
        };
        System.Diagnostics.ActivitySource.AddActivityListener(listener);
        using var meters = ClientMeter.NewListener();
        meters.SetMeasurementEventCallback<double>(
            (_, _, _, _) => GC.KeepAlive(failingCalls.Value ? throw new TaskCanceledException() : string.Empty)
        );
        meters.Start();
        failingCalls.Value = true;

        var outcomes = await ToListAsync(bitrix24.AddCallListsAsync(Requests(2)));
        var single = await bitrix24.AddCallListAsync(Requests(1).Single());
        await Assert.ThrowsAsync<Bitrix24InvalidRequestException>(() => bitrix24.GetCallListAsync(new GetCallListRequest { Id = 404 }));

        Assert.Equal([1, 2], outcomes.Select(outcome => outcome.Id));
        Assert.Equal(3, single.Result);
    }

    [Fact]
    public async Task A_source_may_use_one_request_for_all()
    {
        IEnumerable<AddCallListRequest> Source()
        {
            var request = new AddCallListRequest { EntityType = CallListEntityType.Contact };
            foreach (var id in new long[] { 3, 4, 5 })
            {
                request.Entities = [id];
                yield return request;
            }

            request.Entities = [.. Enumerable.Range(1, 1200)];
            yield return request;
            request.Entities = [7];
        }

        await ToListAsync(bitrix24.AddCallListsAsync(Source()));

        Assert.Equal([1, 1, 1, 1200], portal.CallLists.Select(list => list.Entities.Count));
        Assert.Equal([3, 4, 5, 1], portal.CallLists.Select(list => list.Entities[0]));
    }

    [Theory]
    [InlineData("""{"result":[],"result_error":[]}""", "no result of this method")]
    [InlineData("""{"result":{"c0":"none"},"result_error":[]}""", "no result of this method")]
    [InlineData("""{"result":{"c0":0},"result_error":[]}""", "no result of this method")]
    [InlineData("""{"result":{"c0":null},"result_error":[]}""", "no result of this method")]
    [InlineData(
        """{"result":{"c0":11},"result_error":{"c0":{"error":"ENTITY_ERROR"}}}""",
        "it is unknown whether the portal executed the call"
    )]
    [InlineData("""{"result":[],"result_error":{"c0":{"error":"BRAND_NEW"}}}""", "it is unknown whether the portal executed the call")]
    [InlineData(
        """{"result":[],"result_error":{"c0":{"error":"INTERNAL_SERVER_ERROR"}}}""",
        "it is unknown whether the portal executed the call"
    )]
    public async Task What_an_answer_does_not_make_clear_is_unknown(string result, string words)
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, $$"""{"result":{{result}}}"""));

        var outcome = Assert.Single(await ToListAsync(client.Bitrix24.AddCallListsAsync(Requests(1))));

        Assert.Equal((CallExecution.Unknown, null), (outcome.Execution, outcome.Id));
        Assert.Contains(words, outcome.Exception!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Errors_of_commands_carry_no_secret()
    {
        using var client = new TestClient(
            StubHandler.Answering(
                HttpStatusCode.OK,
                $$"""{"result":{"result":[],"result_error":{"c0":{"error":"X{{TestClient.WebhookCode}}","error_description":"at {{TestClient.WebhookUrl}}"} } } }"""
            )
        );

        var outcome = Assert.Single(await ToListAsync(client.Bitrix24.AddCallListsAsync(Requests(1))));

        Assert.DoesNotContain(
            TestClient.WebhookCode,
            outcome + outcome.Exception!.ToString() + outcome.Exception.RawErrorCode + outcome.Exception.ErrorDescription,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_batch_without_execution_time_left_did_not_run_and_says_when_it_can()
    {
        var clock = new SkippingTimeProvider();
        using var slow = SimulatedPortal.Start(
            new SimulatedPortalOptions
            {
                ExecutionTimeLimit = TimeSpan.FromSeconds(480),
                ProcessingTime = TimeSpan.FromSeconds(10),
                TimeProvider = clock,
            }
        );
        slow.Contacts.Add(9, 17, 19);
        slow.Webforms.Add(1);
        var patient = TestClient.On(
            slow.WebhookUrl,
            options => (options.TimeProvider, options.ExecutionTimeBudget) = (clock, TimeSpan.FromSeconds(400))
        );

        var outcomes = await ToListAsync(
            TestClient
                .On(slow.WebhookUrl, options => options.TimeProvider = clock)
                .AddCallListsAsync(Requests(60).Select(_ => TestClient.Request))
        );

        Assert.Equal(50, outcomes.Count(outcome => outcome.Execution == CallExecution.Executed));
        Assert.All(
            outcomes.Skip(50),
            outcome =>
                Assert.Equal(
                    (CallExecution.NotExecuted, Bitrix24ErrorCode.OperationTimeLimit),
                    (outcome.Execution, outcome.Exception!.ErrorCode)
                )
        );
        Assert.Equal(TimeSpan.FromMinutes(10), Assert.IsType<Bitrix24RateLimitException>(outcomes[59].Exception).RetryAfter);

        // A portal charges the batch, not the methods of its commands.
        await patient.AddCallListAsync(TestClient.Request);
        Assert.Empty(clock.Waits);
    }

    [Fact]
    public async Task Commands_refused_for_their_execution_time_hold_back_the_next_batch()
    {
        var clock = new SkippingTimeProvider(longestWait: TimeSpan.FromMinutes(10));
        var handler = new StubHandler(
            async (request, cancellation) =>
            {
                var commands = (Newtonsoft.Json.Linq.JObject)
                    Newtonsoft.Json.Linq.JObject.Parse(await request.Content!.ReadAsStringAsync(cancellation))["cmd"]!;
                var errors = string.Join(
                    ",",
                    commands
                        .Properties()
                        .Select(command =>
                            $$"""
                                "{{command.Name}}":{"error":"OPERATION_TIME_LIMIT","error_description":"blocked"}
                                """
                        )
                );
                return new HttpResponseMessage(HttpStatusCode.OK)
                {
                    Content = new StringContent("{\"result\":{\"result\":[],\"result_error\":{" + errors + "}}}"),
                };
            }
        );
        using var client = new TestClient(
            handler,
            options =>
                (options.TimeProvider, options.AttemptTimeout, options.ExecutionTimeBudget) = (
                    clock,
                    Timeout.InfiniteTimeSpan,
                    TimeSpan.FromSeconds(400)
                )
        );

        var outcomes = await ToListAsync(client.Bitrix24.AddCallListsAsync(Requests(150)));

        Assert.All(
            outcomes,
            outcome =>
                Assert.Equal(
                    (CallExecution.NotExecuted, Bitrix24ErrorCode.OperationTimeLimit),
                    (outcome.Execution, outcome.Exception!.ErrorCode)
                )
        );
        Assert.Equal([TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5)], clock.Waits);
    }

    [Fact]
    public async Task Batches_wait_for_the_execution_time_of_batches()
    {
        var clock = new SkippingTimeProvider(longestWait: TimeSpan.FromMinutes(10));
        using var slow = SimulatedPortal.Start(
            new SimulatedPortalOptions
            {
                ExecutionTimeLimit = TimeSpan.FromSeconds(480),
                ProcessingTime = TimeSpan.FromSeconds(1),
                TimeProvider = clock,
            }
        );
        slow.Contacts.Add(9, 17, 19);
        slow.Webforms.Add(1);
        var careful = TestClient.On(
            slow.WebhookUrl,
            options =>
            {
                options.TimeProvider = clock;
                options.AttemptTimeout = Timeout.InfiniteTimeSpan;
                options.ExecutionTimeBudget = TimeSpan.FromSeconds(400);
            }
        );

        Assert.All(
            await ToListAsync(careful.AddCallListsAsync(Requests(1000).Select(_ => TestClient.Request))),
            outcome => Assert.NotNull(outcome.Id)
        );
        Assert.Equal([TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(10)], clock.Waits);
    }

    private static List<AddCallListRequest> Requests(int count) =>
        [
            .. Enumerable
                .Range(1, count)
                .Select(id => new AddCallListRequest
                {
                    EntityType = CallListEntityType.Contact,
                    Entities = [id],
                    WebformId = id % 2 == 0 ? 1 : null,
                }),
        ];

    private static AddCallListRequest Many(int count) =>
        new() { EntityType = CallListEntityType.Contact, Entities = [.. Enumerable.Range(1, count)] };

    private static async Task<List<AddCallListOutcome>> ToListAsync(IAsyncEnumerable<AddCallListOutcome> outcomes)
    {
        var list = new List<AddCallListOutcome>();
        await foreach (var outcome in outcomes)
        {
            list.Add(outcome);
        }

        return list;
    }

    /// <summary>Tells which request is asked for before it waits for it.</summary>
    private static async IAsyncEnumerable<AddCallListRequest> Observed(
        System.Threading.Channels.ChannelReader<AddCallListRequest> requests,
        Action<int> asked
    )
    {
        for (var index = 0; ; index++)
        {
            asked(index);
            if (!await requests.WaitToReadAsync())
            {
                yield break;
            }

            Assert.True(requests.TryRead(out var request));
            yield return request;
        }
    }

    private static async Task EventuallyAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Yield();
        }
    }

    /// <summary>Who comes third waits without end.</summary>
    private sealed class TwoTurnsLimiter(Action onWait, Action? onTurn = null) : RateLimiter
    {
        private int turns;

        public override TimeSpan? IdleDuration => null;

        public override RateLimiterStatistics? GetStatistics() => null;

        protected override RateLimitLease AttemptAcquireCore(int permitCount) => throw new NotSupportedException();

        protected override async ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
        {
            if (++turns > 2)
            {
                onWait();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }

            onTurn?.Invoke();
            return new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = 1 }).AttemptAcquire();
        }
    }

    private sealed class FailingLogger : ILoggerFactory, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) { }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Information ? throw new IOException("disk full") : true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => throw new TaskCanceledException("disk full");

        public void Dispose() { }
    }

    /// <summary>A clock that notes the waits with an end.</summary>
    private sealed class TimerClock : Microsoft.Extensions.Time.Testing.FakeTimeProvider
    {
        public System.Collections.Concurrent.ConcurrentQueue<TimeSpan> Timers { get; } = new();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                Timers.Enqueue(dueTime);
            }

            return base.CreateTimer(callback, state, dueTime, period);
        }
    }

    private sealed class FailingClock : TimeProvider
    {
        public bool Fails { get; set; }

        public override long GetTimestamp() => Fails ? throw new InvalidTimeZoneException() : base.GetTimestamp();
    }

    private sealed class Listener(Action<AddCallListsProgress> report) : IProgress<AddCallListsProgress>
    {
        public void Report(AddCallListsProgress value) => report(value);
    }
}
