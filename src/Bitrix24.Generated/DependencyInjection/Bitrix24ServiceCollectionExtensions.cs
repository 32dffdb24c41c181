using Bitrix24;
using Bitrix24.Authentication;
using Bitrix24.Configuration;
using Bitrix24.DependencyInjection;
using Bitrix24.Http;
using Bitrix24.Pipeline;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Provides methods to register the Bitrix24 client.</summary>
public static class Bitrix24ServiceCollectionExtensions
{
    private const string HttpClientName = "Bitrix24.Generated";

    /// <summary>
    /// Registers <see cref="IBitrix24Client"/>, <see cref="IBitrix24ClientFactory"/> and, for OAuth credentials,
    /// <see cref="Bitrix24OAuthClient"/> as singletons.
    /// </summary>
    /// <param name="services">The services to add the client to.</param>
    /// <param name="configure">A delegate to set the options. <see cref="Bitrix24ClientOptions.Credentials"/> is required.</param>
    /// <returns>The builder of the HTTP client that sends the calls, for example to add handlers.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The client is already registered.</exception>
    /// <remarks>
    /// Invalid options throw an <see cref="OptionsValidationException"/> when the host starts or when the client is resolved for the first
    /// time.
    /// </remarks>
    public static IHttpClientBuilder AddBitrix24Client(this IServiceCollection services, Action<Bitrix24ClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);

        var builder = services.AddBitrix24(configure, credentialsRequired: true);
        services.AddSingleton(provider => provider.GetRequiredService<IBitrix24ClientFactory>().Create(CredentialsOf(provider)));
        services.AddSingleton(provider => CredentialsOf(provider).Scheme is OAuthCredentials credentials
            ? new Bitrix24OAuthClient(credentials.Tokens, provider.GetRequiredService<ClientContext>().Http)
            : throw new InvalidOperationException(
                "The credentials are not OAuth. Use Bitrix24Credentials.OAuth, or IBitrix24ClientFactory.CreateOAuthClient."));
        return builder;
    }

    /// <summary>
    /// Registers <see cref="IBitrix24Client"/>, <see cref="IBitrix24ClientFactory"/> and, for OAuth credentials,
    /// <see cref="Bitrix24OAuthClient"/> as singletons, with options from configuration.
    /// </summary>
    /// <param name="services">The services to add the client to.</param>
    /// <param name="configuration">
    /// A section with <c>WebhookUrl</c>; or with <c>PortalUrl</c> and <c>AccessToken</c>; or with <c>PortalUrl</c>, <c>OAuth:ClientId</c>,
    /// <c>OAuth:ClientSecret</c>, <c>OAuth:TokenFile</c> and, optionally, <c>OAuth:TokenEndpoint</c>. Further optional keys are
    /// <c>AttemptTimeout</c> (<c>00:01:10</c>), <c>ApplicationName</c>, <c>MaxResponseSize</c>,
    /// <c>MaxTotalResponseSize</c>, <c>ExecutionTimeBudget</c>,
    /// <c>Retry:MaxAttempts</c>, <c>Retry:BaseDelay</c>, <c>Retry:MaxDelay</c>, and <c>RateLimit</c> (<c>Standard</c>,
    /// <c>Enterprise</c>, <c>Unlimited</c>) or <c>RateLimit:Burst</c> with <c>RateLimit:PerSecond</c>. Any other key is an error.
    /// </param>
    /// <returns>The builder of the HTTP client that sends the calls, for example to add handlers.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The client is already registered.</exception>
    /// <remarks>
    /// Invalid settings throw an <see cref="OptionsValidationException"/> when the host starts or when the client is resolved for the first
    /// time.
    /// </remarks>
    public static IHttpClientBuilder AddBitrix24Client(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);

        return services.AddBitrix24Client(options => ConfigurationReader.Apply(configuration, options));
    }

    /// <summary>Registers <see cref="IBitrix24ClientFactory"/> as a singleton, for applications that call many portals.</summary>
    /// <param name="services">The services to add the client to.</param>
    /// <param name="configure">A delegate to set the options. Each client has its own credentials. Default is the default options.</param>
    /// <returns>The builder of the HTTP client that sends the calls, for example to add handlers.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">The client is already registered.</exception>
    public static IHttpClientBuilder AddBitrix24ClientFactory(
        this IServiceCollection services, Action<Bitrix24ClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        return services.AddBitrix24(configure ?? (_ => { }), credentialsRequired: false);
    }

    private static Bitrix24Credentials CredentialsOf(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<Bitrix24ClientOptions>>().Value.Credentials!;

    private static IHttpClientBuilder AddBitrix24(
        this IServiceCollection services, Action<Bitrix24ClientOptions> configure, bool credentialsRequired)
    {
        if (services.Any(service => service.ServiceType == typeof(IBitrix24ClientFactory)))
        {
            throw new InvalidOperationException(
                "The Bitrix24 client is already registered. To call several portals, call AddBitrix24ClientFactory once and create a "
                + "client for each portal.");
        }

        services.AddOptions<Bitrix24ClientOptions>()
            .Configure<IServiceProvider>((options, provider) =>
                options.TimeProvider = provider.GetService<TimeProvider>() ?? options.TimeProvider)
            .Configure(configure)
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<Bitrix24ClientOptions>>(new Bitrix24ClientOptionsValidator(credentialsRequired));

        // A singleton can hold a client, because each call requests a handler from the factory.
        services.AddSingleton(provider =>
        {
            var factory = provider.GetRequiredService<IHttpClientFactory>();
            return ClientContextFactory.Create(
                provider.GetRequiredService<IOptions<Bitrix24ClientOptions>>().Value,
                () => factory.CreateClient(HttpClientName),
                provider.GetService<ILoggerFactory>());
        });
        services.AddSingleton<IBitrix24ClientFactory>(provider => new Bitrix24ClientFactory(provider.GetRequiredService<ClientContext>()));

        // Wraps the primary handler, so that all handlers of the application run before this one.
        services.AddOptions<HttpClientFactoryOptions>(HttpClientName).PostConfigure(options =>
            options.HttpMessageHandlerBuilderActions.Add(builder =>
                builder.PrimaryHandler = HttpHandlerFactory.AddSendOnceHandler(builder.PrimaryHandler)));

        // The default loggers log the URL of each request, which contains the code of a webhook.
        return services.AddHttpClient(HttpClientName)
            .ConfigureHttpClient(HttpHandlerFactory.Configure)
            .ConfigurePrimaryHttpMessageHandler(HttpHandlerFactory.CreateHandler)
            .RemoveAllLoggers();
    }
}
