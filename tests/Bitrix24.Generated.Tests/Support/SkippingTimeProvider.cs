using System.Collections.Concurrent;

namespace Bitrix24.Tests;

/// <summary>
/// Represents a clock for calls over real connections. A wait of up to a minute ends at once and advances the clock. A longer wait, which is
/// the timeout of an attempt, ends only when the test requests it, and never because a machine is slow.
/// </summary>
/// <param name="longestWait">The longest wait that is skipped. Default: a minute.</param>
internal sealed class SkippingTimeProvider(TimeSpan? longestWait = null) : TimeProvider
{
    private readonly TimeSpan longestWait = longestWait ?? TimeSpan.FromSeconds(60);
    private readonly ConcurrentDictionary<Timer, bool> timeouts = new();
    private readonly ConcurrentQueue<TimeSpan> waits = new();
    private long ticks = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).Ticks;

    /// <summary>Gets the waits so far.</summary>
    public IReadOnlyList<TimeSpan> Waits => [.. waits];

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref ticks), TimeSpan.Zero);

    public override long GetTimestamp() => Volatile.Read(ref ticks);

    public void Advance(TimeSpan span) => Interlocked.Add(ref ticks, span.Ticks);

    /// <summary>Lets the attempts in flight time out.</summary>
    public void ExpireAttempts()
    {
        foreach (var timer in timeouts.Keys)
        {
            timer.Fire();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(SkippingTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime > clock.longestWait)
            {
                clock.timeouts[this] = true;
            }
            else if (dueTime >= TimeSpan.Zero)
            {
                clock.waits.Enqueue(dueTime);
                clock.Advance(dueTime);
                ThreadPool.QueueUserWorkItem(_ => Fire());
            }

            return true;
        }

        public void Dispose() => clock.timeouts.TryRemove(this, out _);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
