using CsCheck;

namespace Bitrix24.Tests;

/// <summary>Tests the limiter's model of a portal's bucket against the bucket, which drains once a second at an unknown moment.</summary>
public sealed class PortalBucketTests
{
    private const int Capacity = 50;
    private const double PerSecond = 2;

    public static TheoryData<double, double, bool> Starts
    {
        get
        {
            var starts = new TheoryData<double, double, bool>();
            foreach (var phase in new[] { 0, 0.01, 0.25, 0.5, 0.75, 0.99 })
            {
                foreach (var stall in new[] { 0, 0.4, 1, 1.5, 2.2, 3 })
                {
                    starts.Add(phase, stall, true);
                    starts.Add(phase, stall, false);
                }
            }

            return starts;
        }
    }

    [Theory]
    [MemberData(nameof(Starts))]
    public void One_process_is_never_rejected_and_takes_the_minimum_time(double phase, double stall, bool countsRefused)
    {
        var portal = new Portal(phase, countsRefused);
        var process = new Process(calls: 200, stall, roundTrip: 0.08);

        var taken = Run(portal, process);

        var optimum = ((200 - Capacity) / PerSecond) + stall;
        Assert.Equal(0, portal.Refused);
        Assert.True(taken <= 1.05 * optimum, FormattableString.Invariant($"{taken} s; the optimum is {optimum} s."));
    }

    [Theory]
    [MemberData(nameof(Starts))]
    public void Two_processes_finish_all_calls_within_1_5_times_the_optimum(double phase, double stall, bool countsRefused)
    {
        var portal = new Portal(phase, countsRefused);

        var taken = Run(portal, new Process(calls: 200, stall, roundTrip: 0.08), new Process(calls: 200, stall: 0, roundTrip: 0.05));

        var optimum = ((400 - Capacity) / PerSecond) + stall;
        Assert.True(
            taken <= 1.5 * optimum,
            FormattableString.Invariant($"{taken} s; the optimum is {optimum} s; {portal.Refused} were refused.")
        );
    }

    [Fact]
    public void Busy_process_does_not_starve_a_later_one()
    {
        var portal = new Portal(phase: 0.3, countsRefused: true);
        var late = new Process(calls: 20, stall: 0, roundTrip: 0.05) { StartsAt = 60 };

        Run(portal, new Process(calls: 400, stall: 0, roundTrip: 0.05), late);

        Assert.InRange(late.EndedAt - late.StartsAt, 0, 60);
    }

    [Fact]
    public void Fifty_requests_are_sent_at_once_and_two_more_a_second_later()
    {
        var bucket = new PortalBucket(Capacity, PerSecond);
        for (var request = 0; request < Capacity; request++)
        {
            Assert.Equal(TimeSpan.Zero, bucket.UntilRoom(TimeSpan.Zero, ahead: 0));
            bucket.Depart(TimeSpan.Zero);
        }

        var answeredAt = TimeSpan.FromSeconds(0.4);
        for (var request = 0; request < Capacity; request++)
        {
            bucket.Complete(answeredAt);
        }

        Assert.Equal(TimeSpan.FromSeconds(1), bucket.UntilRoom(answeredAt, ahead: 0));
        Assert.Equal(TimeSpan.FromSeconds(1), bucket.UntilRoom(answeredAt, ahead: 1));
        Assert.Equal(TimeSpan.FromSeconds(2), bucket.UntilRoom(answeredAt, ahead: 2));
        Assert.Equal(TimeSpan.FromSeconds(3), bucket.UntilRoom(answeredAt, ahead: 5));
    }

    [Fact]
    public void Rate_with_a_fraction_is_kept()
    {
        var bucket = new PortalBucket(capacity: 1, drainPerSecond: 0.1);
        bucket.Depart(TimeSpan.Zero);
        bucket.Complete(TimeSpan.Zero);

        Assert.Equal(TimeSpan.FromSeconds(10), bucket.UntilRoom(TimeSpan.Zero, ahead: 0));
        Assert.Equal(TimeSpan.FromSeconds(30), bucket.UntilRoom(TimeSpan.Zero, ahead: 2));
        Assert.False(bucket.IsEmpty(TimeSpan.FromSeconds(9)));
        Assert.True(bucket.IsEmpty(TimeSpan.FromSeconds(10)));
    }

    /// <summary>
    /// For any pattern of arrivals, the portal never rejects a request that the limiter permits, and might reject one that it delays.
    /// </summary>
    [Fact]
    public void Limit_holds_for_any_arrivals_at_any_phase()
    {
        Gen.Select(Gen.Int[1, 6], Gen.Int[1, 4], Gen.Double[0, 1], Gen.Int[0, 300].Array[1, 40])
            .Sample(
                (capacity, perSecond, phase, gaps) =>
                {
                    var bucket = new PortalBucket(capacity, perSecond);
                    var portal = new Portal(phase, countsRefused: true, capacity, perSecond);
                    var now = 0L;
                    foreach (var gap in gaps)
                    {
                        now += gap * 10;
                        var at = TimeSpan.FromMilliseconds(now);
                        at += bucket.UntilRoom(at, ahead: 0);
                        now = (long)at.TotalMilliseconds;
                        bucket.Depart(at);
                        bucket.Complete(at);
                        if (!portal.TryAdd(at.TotalSeconds))
                        {
                            return false;
                        }
                    }

                    return true;
                }
            );
    }

    private static double Run(Portal portal, params Process[] processes)
    {
        const double Step = 0.01;
        var steps = 0;
        while (processes.Any(process => process.Left > 0))
        {
            var now = steps++ * Step;
            Assert.True(now < 2000, "The calls do not come to an end.");
            foreach (var process in processes)
            {
                process.Tick(now, portal);
            }
        }

        return processes.Max(process => process.EndedAt);
    }

    private sealed class Portal(double phase, bool countsRefused, int capacity = Capacity, double perSecond = PerSecond)
    {
        private double level;
        private double drained = Math.Floor(-phase);

        public int Refused { get; private set; }

        public bool TryAdd(double now)
        {
            var drains = Math.Floor(now - phase + 1e-9);
            level = Math.Max(0, level - ((drains - drained) * perSecond));
            drained = drains;
            if (level + 1 > capacity)
            {
                level += countsRefused ? 1 : 0;
                Refused++;
                return false;
            }

            level++;
            return true;
        }
    }

    /// <summary>
    /// Represents a process that starts all of its calls at once, with its own limiter. Its first connection takes a while.
    /// </summary>
    private sealed class Process(int calls, double stall, double roundTrip)
    {
        private readonly PortalBucket bucket = new(Capacity, PerSecond);
        private readonly List<(double At, bool IsAnswer, bool IsRefused)> events = [];
        private int waiting = calls;

        public double StartsAt { get; init; }

        public double EndedAt { get; private set; }

        public int Left { get; private set; } = calls;

        public void Tick(double now, Portal portal)
        {
            if (now < StartsAt)
            {
                return;
            }

            foreach (var due in events.Where(due => due.At <= now + 1e-9).ToList())
            {
                events.Remove(due);
                if (!due.IsAnswer)
                {
                    events.Add((now + (roundTrip / 2), true, !portal.TryAdd(now)));
                }
                else if (due.IsRefused)
                {
                    bucket.Refuse(TimeSpan.FromSeconds(now));
                    waiting++;
                }
                else
                {
                    bucket.Complete(TimeSpan.FromSeconds(now));
                    Left--;
                    EndedAt = now;
                }
            }

            while (waiting > 0 && bucket.UntilRoom(TimeSpan.FromSeconds(now), ahead: 0) <= TimeSpan.Zero)
            {
                waiting--;
                bucket.Depart(TimeSpan.FromSeconds(now));
                events.Add((Math.Max(now + (roundTrip / 2), StartsAt + stall), false, false));
            }
        }
    }
}
