namespace Bitrix24.Testing;

/// <summary>Settings of a <see cref="SimulatedPortal"/>.</summary>
public sealed class SimulatedPortalOptions
{
    /// <summary>The port to listen on at 127.0.0.1. Default: a free one.</summary>
    public int? Port { get; set; }

    /// <summary>Id of the user on whose behalf the webhook acts, at least 1. Default: 1.</summary>
    public long UserId { get; set; } = 1;

    /// <summary>The secret code of the webhook. Default: a random one.</summary>
    public string WebhookCode { get; set; } = NewSecret();

    /// <summary>The access token that the portal accepts. Default: a random one.</summary>
    public string AccessToken { get; set; } = NewSecret();

    /// <summary>The clock of the portal. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>How far the portal's time zone is ahead of UTC, in whole minutes. Default: two hours.</summary>
    public TimeSpan UtcOffset { get; set; } = TimeSpan.FromHours(2);

    private static string NewSecret() => Guid.NewGuid().ToString("N");
}
