using System.Net;
using Bitrix24.Testing;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Tests;

/// <summary>What is common to all runs of batches is tested by the runs of call lists; here is what any method adds.</summary>
public sealed class CallManyTests : IDisposable
{
    private readonly SimulatedPortal portal = SimulatedPortal.Start();
    private readonly Bitrix24Client bitrix24;

    public CallManyTests()
    {
        portal.AddMethod("acme.double", parameters => 2 * (long)parameters["X"]!);
        portal.AddMethod("acme.echo", parameters => parameters.Count == 0 ? null : parameters);
        bitrix24 = TestClient.On(portal.WebhookUrl);
    }

    public void Dispose() => portal.Dispose();

    [Fact]
    public async Task CallManyAsync_calls_go_fifty_to_a_request_and_each_has_an_outcome_in_order()
    {
        var progress = new List<CallManyProgress>();
        var options = new CallManyOptions { MaxConcurrency = 2, Progress = new Listener(progress.Add) };

        var outcomes = await bitrix24
            .CallManyAsync<long>(Enumerable.Range(0, 120).Select(x => new BatchCall("acme.double", new { X = x }, $"k{x}")), options)
            .ToListAsync();

        Assert.Equal(
            Enumerable.Range(0, 120).Select(x => (x, $"k{x}", 2L * x, CallExecution.Executed)),
            outcomes.Select(outcome => (outcome.Index, outcome.Key!, outcome.Result, outcome.Execution))
        );
        Assert.All(outcomes, outcome => Assert.NotNull(outcome.Time));
        Assert.Equal(3, portal.Requests.Count);
        Assert.Equal([new(50, 0, 0), new(100, 0, 0), new CallManyProgress(120, 0, 0)], progress);
        Assert.Equal(120, progress[^1].Completed);
    }

    [Fact]
    public async Task CallManyAsync_calls_fail_by_themselves()
    {
        BatchCall[] calls =
        [
            new("acme.double", new { X = 1 }),
            new("acme.missing"),
            new("no method"),
            new("acme.double", new { auth = "t0ken" }),
            new("batch", new { cmd = new { a = "user.current" } }),
            new("acme.echo"),
            new("acme.echo", new { A = "text" }),
        ];

        var outcomes = await bitrix24.CallManyAsync<long?>(calls).ToListAsync();

        Assert.Equal(
            [
                CallExecution.Executed,
                CallExecution.NotExecuted,
                CallExecution.NotExecuted,
                CallExecution.NotExecuted,
                CallExecution.NotExecuted,
                CallExecution.Executed,
                CallExecution.Executed,
            ],
            outcomes.Select(outcome => outcome.Execution)
        );
        Assert.Equal(2, outcomes[0].Result);
        Assert.Equal(Bitrix24ErrorCode.ErrorMethodNotFound, outcomes[1].Exception!.ErrorCode);
        Assert.Equal("batch was not sent: 'no method' is not a valid method name. Example: user.current.", Invalid(outcomes[2]));
        Assert.StartsWith("acme.double was not sent: 'auth' is not a parameter", Invalid(outcomes[3]), StringComparison.Ordinal);
        Assert.Equal(
            "batch was not sent: A batch cannot contain another batch. Add its commands to the outer batch.",
            Invalid(outcomes[4])
        );
        Assert.Null(outcomes[5].Exception);
        Assert.Null(outcomes[5].Result);
        Assert.Equal(
            "acme.echo was executed, but its result cannot be read as Nullable<Int64> at result.A. Do not repeat the call to read it.",
            outcomes[6].Exception!.Message
        );
        Assert.Equal("0: acme.double Executed", outcomes[0].ToString());
        Assert.Equal($"1: {outcomes[1].Exception!.Message}", outcomes[1].ToString());
        Assert.Single(portal.Requests);
    }

    [Fact]
    public async Task CallManyAsync_call_that_does_not_fit_into_a_batch_is_sent_alone_in_its_turn()
    {
        BatchCall[] calls =
        [
            new("acme.double", new { X = 1 }),
            new("acme.echo", new { IDS = Enumerable.Range(0, 1200) }),
            new("acme.echo", new { IDS = Array.Empty<int>() }),
            new("acme.echo", new { TEXT = "$result[a]" }),
            new("acme.double", new { X = 2 }),
        ];

        var outcomes = await bitrix24.CallManyAsync<JToken>(calls).ToListAsync();

        Assert.Equal(["batch", "acme.echo", "acme.echo", "acme.echo", "batch"], portal.Requests.Select(request => request.Method));
        Assert.Equal(1200, outcomes[1].Result!["IDS"]!.Count());
        Assert.Empty(outcomes[2].Result!["IDS"]!);
        Assert.Equal("$result[a]", (string?)outcomes[3].Result!["TEXT"]);
        Assert.Equal(4, (long)outcomes[4].Result!);
    }

    [Fact]
    public async Task CallManyAsync_group_stays_together_and_uses_earlier_results()
    {
        var calls = Enumerable
            .Range(0, 49)
            .Select(x => new BatchCall("acme.double", new { X = x }))
            .Concat(Group("one"))
            .Concat(Group("two"));

        var outcomes = await bitrix24.CallManyAsync<long>(calls).ToListAsync();

        Assert.Equal([14L, 28L, 14L, 28L], outcomes.Skip(49).Select(outcome => outcome.Result));
        Assert.Equal(["contact", "deal", "contact", "deal"], outcomes.Skip(49).Select(outcome => outcome.Key));
        Assert.Equal(3, portal.Requests.Count);
        Assert.Equal(
            """{"halt":1,"cmd":{"contact":"acme.double?X=7","deal":"acme.double?X=%24result%5Bcontact%5D"}}""",
            portal.Requests[1].Body
        );

        static IEnumerable<BatchCall> Group(string name) =>
            [
                new("acme.double", new { X = 7 }, "contact") { Group = name },
                new("acme.double", new { X = BatchCommand.ResultOf("contact") }, "deal") { Group = name },
            ];
    }

    [Fact]
    public async Task CallManyAsync_calls_after_a_failed_one_of_their_group_are_not_executed()
    {
        BatchCall[] calls =
        [
            new("acme.missing", new { X = 7 }, "contact") { Group = "one" },
            new("acme.double", new { X = BatchCommand.ResultOf("contact") }, "deal") { Group = "one" },
            new("acme.double", new { X = 1 }),
        ];

        var outcomes = await bitrix24.CallManyAsync<long>(calls).ToListAsync();

        Assert.Equal(
            [CallExecution.NotExecuted, CallExecution.NotExecuted, CallExecution.Executed],
            outcomes.Select(outcome => outcome.Execution)
        );
        Assert.Equal("acme.double was not executed because an earlier call of its group failed.", outcomes[1].Exception!.Message);
    }

    [Fact]
    public async Task CallManyAsync_group_without_references_shares_a_batch_with_other_calls()
    {
        var calls = Enumerable
            .Range(0, 4)
            .Select(x => new BatchCall("acme.double", new { X = x }, "same") { Group = x is 1 or 2 ? $"g{x}" : null });

        Assert.Equal([0L, 2L, 4L, 6L], await bitrix24.CallManyAsync<long>(calls).Select(outcome => outcome.Result).ToListAsync());
        Assert.Single(portal.Requests);
    }

    [Fact]
    public async Task CallManyAsync_group_that_cannot_be_sent_together_is_not_sent_at_all()
    {
        async Task RefusedAsync(string words, params BatchCall[] calls)
        {
            var outcomes = await bitrix24.CallManyAsync<long>(calls, new CallManyOptions { BatchSize = 3 }).ToListAsync();
            Assert.Equal(calls.Length, outcomes.Count);
            Assert.Contains(outcomes, outcome => Invalid(outcome).Contains(words, StringComparison.Ordinal));
            Assert.All(outcomes, outcome => Assert.Equal(CallExecution.NotExecuted, outcome.Execution));
            Assert.Empty(portal.Requests);
        }

        static BatchCall Call(string? key, object x, string? group = "g") => new("acme.double", new { X = x }, key) { Group = group };

        await RefusedAsync("it refers to the result of another call. Set Group", Call("b", BatchCommand.ResultOf("a"), group: null));
        await RefusedAsync(
            "refers to the result of 'a', which is not an earlier call",
            Call("b", BatchCommand.ResultOf("a")),
            Call("a", 1)
        );
        await RefusedAsync("its group has two calls with the key 'a'", Call("a", 1), Call("a", 2));
        await RefusedAsync("its group has more than 3 calls", Call("a", 1), Call("b", 2), Call("c", 3), Call("d", 4), Call("e", 5));
        await RefusedAsync("another call of its group is invalid", Call("a", 1), new BatchCall("no method") { Group = "g" });
        await RefusedAsync("a call that does not fit into a batch", Call("a", 1), Call("b", Array.Empty<int>()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("17")]
    [InlineData("a b")]
    [InlineData("a[0]")]
    public void BatchCall_key_that_a_portal_would_not_keep_is_refused(string key) =>
        Assert.StartsWith(
            $"'{key}' is not a valid key",
            Assert.Throws<ArgumentException>(nameof(key), () => new BatchCall("user.current", key: key)).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("crm.calllist.get", null, CallExecution.Executed, 2)]
    [InlineData("acme.double", true, CallExecution.Executed, 2)]
    [InlineData("acme.double", null, CallExecution.Unknown, 1)]
    public async Task CallManyAsync_lost_batch_is_repeated_only_if_all_of_its_calls_may_be(
        string method,
        bool? isIdempotent,
        CallExecution execution,
        int requests
    )
    {
        portal.AddMethod("crm.calllist.get", _ => 1);
        portal.FailNext(SimulatedFault.ConnectionReset with { RunsCall = true });
        var retrying = TestClient.On(
            portal.WebhookUrl,
            options => (options.Retry.MaxAttempts, options.Retry.BaseDelay) = (3, TimeSpan.FromMilliseconds(1))
        );

        var outcomes = await retrying
            .CallManyAsync<long>(
                [new(method, new { X = 1 }), new(method, new { X = 2 })],
                new CallManyOptions { IsIdempotent = isIdempotent }
            )
            .ToListAsync();

        Assert.All(outcomes, outcome => Assert.Equal(execution, outcome.Execution));
        Assert.Equal(requests, portal.Requests.Count);
    }

    [Fact]
    public async Task CallManyAsync_refusal_of_one_method_stops_only_that_method()
    {
        var calls = new[] { "acme.missing", "acme.missing", "acme.double", "acme.missing" }.Select(
            (method, x) => new BatchCall(method, new { X = x })
        );

        var outcomes = await bitrix24.CallManyAsync<long>(calls, new CallManyOptions { BatchSize = 1 }).ToListAsync();

        Assert.Equal(
            [CallExecution.NotExecuted, CallExecution.NotExecuted, CallExecution.Executed, CallExecution.NotExecuted],
            outcomes.Select(outcome => outcome.Execution)
        );
        Assert.All(
            outcomes.Where(outcome => outcome.Index != 2),
            outcome => Assert.Equal(Bitrix24ErrorCode.ErrorMethodNotFound, outcome.Exception!.ErrorCode)
        );
        Assert.Equal(2, portal.Requests.Count);
    }

    [Fact]
    public async Task CallManyAsync_refusal_that_applies_to_all_stops_the_run()
    {
        portal.FailNext(SimulatedFault.Error(HttpStatusCode.Unauthorized, "NO_AUTH_FOUND"));

        var outcomes = await bitrix24
            .CallManyAsync<long>(Enumerable.Range(0, 120).Select(x => new BatchCall("acme.double", new { X = x })))
            .ToListAsync();

        Assert.All(
            outcomes,
            outcome =>
                Assert.Equal((CallExecution.NotExecuted, Bitrix24ErrorCode.NoAuthFound), (outcome.Execution, outcome.Exception!.ErrorCode))
        );
        Assert.Single(portal.Requests);
    }

    [Fact]
    public async Task CallManyAsync_invalid_arguments_are_refused_by_the_call_itself()
    {
        Assert.Throws<ArgumentNullException>(
            "calls",
            () =>
            {
                _ = bitrix24.CallManyAsync<long>((IEnumerable<BatchCall>)null!);
            }
        );
        Assert.Throws<ArgumentException>(
            "options",
            () =>
            {
                _ = bitrix24.CallManyAsync<long>([], new CallManyOptions { BatchSize = 51 });
            }
        );
        Assert.Throws<ArgumentException>(
            "options",
            () =>
            {
                _ = bitrix24.CallManyAsync<long>([], new CallManyOptions { MaxConcurrency = 0 });
            }
        );
        Assert.Throws<ArgumentNullException>("method", () => new BatchCall(null!));
        await Assert.ThrowsAsync<ArgumentException>("calls", async () => await bitrix24.CallManyAsync<long>([null!]).ToListAsync());
        Assert.Empty(portal.Requests);
    }

    private static string Invalid<T>(CallOutcome<T> outcome)
    {
        var exception = Assert.IsType<Bitrix24InvalidRequestException>(outcome.Exception);
        Assert.Equal(0, exception.Attempts);
        Assert.IsAssignableFrom<ArgumentException>(exception.InnerException);
        return exception.Message;
    }

    private sealed class Listener(Action<CallManyProgress> report) : IProgress<CallManyProgress>
    {
        public void Report(CallManyProgress value) => report(value);
    }
}
