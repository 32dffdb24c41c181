using System.Security.Cryptography.X509Certificates;

namespace Bitrix24.Testing;

/// <summary>Represents the options of a <see cref="SimulatedPortal"/>.</summary>
public sealed class SimulatedPortalOptions
{
    /// <summary>Gets or sets the port on 127.0.0.1. Default: a free port.</summary>
    public int? Port { get; set; }

    /// <summary>
    /// Gets or sets the certificate, with its private key, for https over HTTP/2 and HTTP/1.1. Clients must trust it.
    /// Default: <see langword="null"/>, for http over HTTP/1.1.
    /// </summary>
    public X509Certificate2? Certificate { get; set; }

    /// <summary>Gets or sets the id of the webhook's user, at least 1. Default: 1.</summary>
    public long UserId { get; set; } = 1;

    /// <summary>Gets or sets the secret code of the webhook. Default: a random code.</summary>
    public string WebhookCode { get; set; } = NewSecret();

    /// <summary>Gets or sets the first access token of the portal. Default: a random token.</summary>
    public string AccessToken { get; set; } = NewSecret();

    /// <summary>Gets or sets the first refresh token of the authorization server. Default: a random token.</summary>
    public string RefreshToken { get; set; } = NewSecret();

    /// <summary>Gets or sets the authorization code that the authorization server accepts once. Default: a random code.</summary>
    public string AuthorizationCode { get; set; } = NewSecret();

    /// <summary>Gets or sets the client id of the OAuth application. Default: <c>app.simulated</c>.</summary>
    public string ClientId { get; set; } = "app.simulated";

    /// <summary>Gets or sets the client secret of the OAuth application. Default: a random secret.</summary>
    public string ClientSecret { get; set; } = NewSecret();

    /// <summary>
    /// Gets or sets the number of requests that the portal accepts at once before it returns <c>QUERY_LIMIT_EXCEEDED</c>, at least 1.
    /// Default: <see langword="null"/>, for no limit. The standard cloud plans: 50.
    /// </summary>
    public int? RequestBurst { get; set; }

    /// <summary>
    /// Gets or sets the number of requests per second after the burst, greater than 0. Default: 2, as in the standard cloud plans.
    /// </summary>
    public double RequestsPerSecond { get; set; } = 2;

    /// <summary>
    /// Gets or sets the execution time that a webhook or application may use for one method within ten minutes. Then the next call of that
    /// method returns <c>OPERATION_TIME_LIMIT</c>. Default: <see langword="null"/>, for no limit. The cloud: 480 seconds.
    /// </summary>
    public TimeSpan? ExecutionTimeLimit { get; set; }

    /// <summary>Gets or sets the execution time that each call is charged in addition to its real duration. Default: zero.</summary>
    public TimeSpan ProcessingTime { get; set; }

    /// <summary>
    /// Gets or sets a value that indicates whether call list methods return errors as portals older than August 2026 do: with sentences
    /// instead of codes. Default: <see langword="false"/>.
    /// </summary>
    public bool LegacyErrors { get; set; }

    /// <summary>
    /// Gets or sets a value that indicates whether <see cref="SimulatedPortal.Requests"/> records the requests. Default:
    /// <see langword="true"/>. Use <see langword="false"/> for a portal that runs for a long time.
    /// </summary>
    public bool RecordRequests { get; set; } = true;

    /// <summary>Gets or sets the clock of the portal. Default: the system clock.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Gets or sets the UTC offset of the portal's time zone, in whole minutes. Default: two hours.</summary>
    public TimeSpan UtcOffset { get; set; } = TimeSpan.FromHours(2);

    private static string NewSecret() => Guid.NewGuid().ToString("N");
}
