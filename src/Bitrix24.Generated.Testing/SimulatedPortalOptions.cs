using System.Security.Cryptography.X509Certificates;

namespace Bitrix24.Testing;

/// <summary>Settings of a <see cref="SimulatedPortal"/>.</summary>
public sealed class SimulatedPortalOptions
{
    /// <summary>The port to listen on at 127.0.0.1. Default: a free one.</summary>
    public int? Port { get; set; }

    /// <summary>
    /// Gets or sets the certificate, with its private key, to serve https with, over HTTP/2 and HTTP/1.1. Clients have to trust it.
    /// Default: <see langword="null"/>, which serves http over HTTP/1.1.
    /// </summary>
    public X509Certificate2? Certificate { get; set; }

    /// <summary>Id of the user on whose behalf the webhook acts, at least 1. Default: 1.</summary>
    public long UserId { get; set; } = 1;

    /// <summary>The secret code of the webhook. Default: a random one.</summary>
    public string WebhookCode { get; set; } = NewSecret();

    /// <summary>The access token that the portal accepts at first. Default: a random one.</summary>
    public string AccessToken { get; set; } = NewSecret();

    /// <summary>The refresh token that the authorization server accepts at first. Default: a random one.</summary>
    public string RefreshToken { get; set; } = NewSecret();

    /// <summary>The authorization code that the authorization server accepts, once. Default: a random one.</summary>
    public string AuthorizationCode { get; set; } = NewSecret();

    /// <summary>Id of the OAuth application. Default: <c>app.simulated</c>.</summary>
    public string ClientId { get; set; } = "app.simulated";

    /// <summary>Secret of the OAuth application. Default: a random one.</summary>
    public string ClientSecret { get; set; } = NewSecret();

    /// <summary>
    /// How many requests the portal's leaky bucket holds before it answers <c>QUERY_LIMIT_EXCEEDED</c>, at least 1; <see langword="null"/> for
    /// no limit. Default: <see langword="null"/>. The cloud's standard plans: 50.
    /// </summary>
    public int? RequestBurst { get; set; }

    /// <summary>How many requests are taken off the bucket every second, greater than 0. Default: 2, as the cloud's standard plans.</summary>
    public double RequestsPerSecond { get; set; } = 2;

    /// <summary>
    /// How much execution time a webhook or application may use up with one method in ten minutes before its next call of that method is answered with <c>OPERATION_TIME_LIMIT</c>; <see langword="null"/> for no
    /// limit. Default: <see langword="null"/>. The cloud's: 480 seconds.
    /// </summary>
    public TimeSpan? ExecutionTimeLimit { get; set; }

    /// <summary>How much execution time each call is charged beside the little that it takes here. Default: none.</summary>
    public TimeSpan ProcessingTime { get; set; }

    /// <summary>Whether the portal is older than August 2026 and says what is wrong with a call list in sentences, in place of codes. Default: <see langword="false"/>.</summary>
    public bool LegacyErrors { get; set; }

    /// <summary>Whether <see cref="SimulatedPortal.Requests"/> keeps what is received. Default: <see langword="true"/>. A portal that runs for long does better without.</summary>
    public bool RecordRequests { get; set; } = true;

    /// <summary>The clock of the portal. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>How far the portal's time zone is ahead of UTC, in whole minutes. Default: two hours.</summary>
    public TimeSpan UtcOffset { get; set; } = TimeSpan.FromHours(2);

    private static string NewSecret() => Guid.NewGuid().ToString("N");
}
