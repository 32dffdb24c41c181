namespace Bitrix24;

/// <content>The values as .NET types; <see langword="null"/> if the portal sent no usable value.</content>
public partial class ResponseTime
{
    private const long MicrosecondTicks = TimeSpan.TicksPerMillisecond / 1000;

    private static readonly DateTimeOffset UnixEpoch = new(1970, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// Gets the time when the portal started to process the request: <see cref="StartUnixSeconds"/> with the offset of
    /// <see cref="DateStart"/>.
    /// </summary>
    [Newtonsoft.Json.JsonIgnore]
    public DateTimeOffset? StartedAt => Moment(StartUnixSeconds, DateStart);

    /// <summary>
    /// Gets the time when the portal finished the request: <see cref="FinishUnixSeconds"/> with the offset of <see cref="DateFinish"/>.
    /// </summary>
    [Newtonsoft.Json.JsonIgnore]
    public DateTimeOffset? FinishedAt => Moment(FinishUnixSeconds, DateFinish);

    /// <summary>Gets the time from start to finish.</summary>
    [Newtonsoft.Json.JsonIgnore]
    public TimeSpan? Duration => Span(DurationSeconds);

    /// <summary>Gets the time that the portal spent in the method itself.</summary>
    [Newtonsoft.Json.JsonIgnore]
    public TimeSpan? Processing => Span(ProcessingSeconds);

    /// <summary>Gets the execution time that the method used in the last ten minutes.</summary>
    [Newtonsoft.Json.JsonIgnore]
    public TimeSpan? Operating => Span(OperatingSeconds);

    /// <summary>Gets the time when a part of <see cref="Operating"/> becomes available again, in UTC.</summary>
    [Newtonsoft.Json.JsonIgnore]
    public DateTimeOffset? OperatingResetAt => Moment(OperatingResetUnixSeconds, null);

    private static DateTimeOffset? Moment(double? unixSeconds, DateTimeOffset? date)
    {
        if (unixSeconds is not { } seconds)
        {
            return date;
        }

        // A double holds current Unix seconds with a precision of a quarter of a microsecond. Smaller digits are noise.
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
