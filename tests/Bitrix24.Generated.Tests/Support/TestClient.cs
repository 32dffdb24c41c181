using Microsoft.Extensions.DependencyInjection;

namespace Bitrix24.Tests;

/// <summary>Represents a client from dependency injection with a stub instead of connections.</summary>
internal sealed class TestClient : IDisposable
{
    public const string WebhookCode = "s3cr3tc0de";
    public const string WebhookUrl = $"https://portal.example/rest/1/{WebhookCode}/";

    private readonly ServiceProvider services;

    public TestClient(
        HttpMessageHandler handler,
        Action<Bitrix24ClientOptions>? configure = null,
        Action<IServiceCollection>? register = null
    )
    {
        var collection = new ServiceCollection();
        register?.Invoke(collection);
        collection
            .AddBitrix24Client(options =>
            {
                OneAttemptWithoutLimit(options);
                options.Credentials = Bitrix24Credentials.Webhook(WebhookUrl);
                configure?.Invoke(options);
            })
            .ConfigurePrimaryHttpMessageHandler(() => handler);
        services = collection.BuildServiceProvider();
        Bitrix24 = services.GetRequiredService<IBitrix24Client>();
    }

    public IBitrix24Client Bitrix24 { get; }

    /// <summary>Gets the client for the first tokens, where the credentials are OAuth.</summary>
    public Bitrix24OAuthClient OAuth => services.GetRequiredService<Bitrix24OAuthClient>();

    public static AddCallListRequest Request =>
        new()
        {
            EntityType = CallListEntityType.Contact,
            Entities = [9, 17, 19],
            WebformId = 1,
        };

    /// <summary>Creates a client without dependency injection. By default, clients in tests have one attempt and no rate limit.</summary>
    public static Bitrix24Client On(string webhookUrl, Action<Bitrix24ClientOptions>? configure = null) =>
        On(Bitrix24Credentials.Webhook(webhookUrl), configure);

    public static Bitrix24Client On(Bitrix24Credentials credentials, Action<Bitrix24ClientOptions>? configure = null)
    {
        var options = new Bitrix24ClientOptions { Credentials = credentials };
        OneAttemptWithoutLimit(options);
        configure?.Invoke(options);
        return Bitrix24Client.Create(options);
    }

    /// <summary>Returns the outcome of a call in one line.</summary>
    public static async Task<string> Outcome(HttpMessageHandler handler, Action<Bitrix24ClientOptions>? configure = null)
    {
        using var client = new TestClient(handler, configure);
        try
        {
            var response = await client.Bitrix24.AddCallListAsync(Request);
            return FormattableString.Invariant($"result {response.Result}");
        }
        catch (Bitrix24Exception exception)
        {
            return Describe(exception);
        }
    }

    public static string Describe(Bitrix24Exception exception)
    {
        var (status, code) = (exception.StatusCode?.ToString() ?? "no status", Quoted(exception.RawErrorCode));
        return FormattableString.Invariant(
            $"{exception.GetType().Name} | {status} | {exception.ErrorCode} | {code} | {Quoted(exception.ErrorDescription)} | {exception.Execution}"
        );
    }

    public void Dispose() => services.Dispose();

    private static void OneAttemptWithoutLimit(Bitrix24ClientOptions options)
    {
        options.RateLimit = Bitrix24RateLimit.Unlimited;
        options.Retry.MaxAttempts = 1;
    }

    private static string Quoted(string? text) => text is null ? "null" : $"\"{text}\"";
}
