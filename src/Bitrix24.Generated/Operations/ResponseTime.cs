namespace Bitrix24;

/// <content>Typed views of the numbers on the wire; <see langword="null"/> where the portal sent nothing usable.</content>
public partial class ResponseTime
{
    private const long MicrosecondTicks = TimeSpan.TicksPerMillisecond / 1000;

    private static readonly DateTimeOffset UnixEpoch = new(1970, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>When the portal began with the request: the microseconds of <see cref="Start"/> at the offset of <see cref="DateStart"/>.</summary>
    [Newtonsoft.Json.JsonIgnore]
    public DateTimeOffset? StartedAt => Moment(Start, DateStart);

    /// <summary>When the portal was done with the request: the microseconds of <see cref="Finish"/> at the offset of <see cref="DateFinish"/>.</summary>
    [Newtonsoft.Json.JsonIgnore]
    public DateTimeOffset? FinishedAt => Moment(Finish, DateFinish);

    /// <summary><see cref="Duration"/> as a time span.</summary>
    [Newtonsoft.Json.JsonIgnore]
    public TimeSpan? Elapsed => Span(Duration);

    /// <summary><see cref="Processing"/> as a time span.</summary>
    [Newtonsoft.Json.JsonIgnore]
    public TimeSpan? Processed => Span(Processing);

    /// <summary><see cref="Operating"/> as a time span: how much of the execution-time budget of the method is used up.</summary>
    [Newtonsoft.Json.JsonIgnore]
    public TimeSpan? OperatingUsed => Span(Operating);

    /// <summary><see cref="OperatingResetAt"/> as a moment, in UTC: when a part of <see cref="OperatingUsed"/> becomes free again.</summary>
    [Newtonsoft.Json.JsonIgnore]
    public DateTimeOffset? OperatingResetsAt => Moment(OperatingResetAt, null);

    private static DateTimeOffset? Moment(double? unixSeconds, DateTimeOffset? date)
    {
        if (unixSeconds is not { } seconds)
        {
            return date;
        }

        // A double holds the seconds of our time to a quarter of a microsecond: what lies below is noise.
        var microseconds = Math.Round(seconds * 1e6);
        var latest = (DateTimeOffset.MaxValue - UnixEpoch).Ticks / MicrosecondTicks;
        var earliest = (DateTimeOffset.MinValue - UnixEpoch).Ticks / MicrosecondTicks;
        if (!(microseconds > earliest && microseconds < latest))
        {
            return date;
        }

        var moment = UnixEpoch.AddTicks((long)microseconds * MicrosecondTicks);
        var offset = date?.Offset ?? TimeSpan.Zero;
        var local = moment.Ticks + offset.Ticks;
        return local > DateTime.MinValue.Ticks && local < DateTime.MaxValue.Ticks ? moment.ToOffset(offset) : moment;
    }

    private static TimeSpan? Span(double? seconds)
    {
        var ticks = Math.Round(seconds.GetValueOrDefault() * TimeSpan.TicksPerSecond);
        return seconds is not null && ticks > long.MinValue && ticks < long.MaxValue ? TimeSpan.FromTicks((long)ticks) : null;
    }
}
