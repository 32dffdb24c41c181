namespace Bitrix24;

/// <summary>Settings of a <see cref="Bitrix24Client"/>. Read once, when the client is made.</summary>
public sealed class Bitrix24ClientOptions
{
    /// <summary>Which portal is called, and on whose authority. Required.</summary>
    public Bitrix24Credentials? Credentials { get; set; }

    /// <summary>
    /// How long one attempt may take, from connecting to the last byte of the answer. Greater than zero and at most one day, or
    /// <see cref="Timeout.InfiniteTimeSpan"/>. Default: 70 seconds; the portal itself cuts a request after 60.
    /// </summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(70);

    /// <summary>
    /// Name of your application for the <c>User-Agent</c> header: <c>name</c> or <c>name/version</c>, of letters, digits and
    /// <c>. - _</c>. Default: none, then only this package names itself.
    /// </summary>
    public string? ApplicationName { get; set; }

    /// <summary>The clock that timeouts and durations go by. Default: the system's; under dependency injection a registered one.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
