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

        return services.AddClient(name: null, configure);
    }

    /// <summary>
    /// Registers <see cref="IBitrix24Client"/>, <see cref="IBitrix24ClientFactory"/> and, for OAuth credentials,
    /// <see cref="Bitrix24OAuthClient"/> as keyed singletons, for applications that call a few portals or use several credentials.
    /// </summary>
    /// <param name="services">The services to add the client to.</param>
    /// <param name="name">
    /// The name of the client and of its options, which is also the key of its services: <c>[FromKeyedServices("acme")]</c>.
    /// </param>
    /// <param name="configure">A delegate to set the options. <see cref="Bitrix24ClientOptions.Credentials"/> is required.</param>
    /// <returns>The builder of the HTTP client that sends the calls, for example to add handlers.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is blank, or an argument is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">A client with this name is already registered.</exception>
    /// <remarks>
    /// Invalid options throw an <see cref="OptionsValidationException"/> when the host starts or when the client is resolved for the first
    /// time.
    /// </remarks>
    public static IHttpClientBuilder AddBitrix24Client(this IServiceCollection services, string name, Action<Bitrix24ClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(configure);
        if (string.IsNullOrWhiteSpace(name))
        {
            throw new ArgumentException("The name is blank. Use another name, or the overload without one.", nameof(name));
        }

        return services.AddClient(name, configure);
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

    /// <summary>
    /// Registers <see cref="IBitrix24Client"/>, <see cref="IBitrix24ClientFactory"/> and, for OAuth credentials,
    /// <see cref="Bitrix24OAuthClient"/> as keyed singletons, with options from configuration.
    /// </summary>
    /// <param name="services">The services to add the client to.</param>
    /// <param name="name">The name of the client and of its options, which is also the key of its services.</param>
    /// <param name="configuration">
    /// A section with the keys of <see cref="AddBitrix24Client(IServiceCollection, IConfiguration)"/>.
    /// </param>
    /// <returns>The builder of the HTTP client that sends the calls, for example to add handlers.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is blank, or an argument is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">A client with this name is already registered.</exception>
    public static IHttpClientBuilder AddBitrix24Client(this IServiceCollection services, string name, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);

        return services.AddBitrix24Client(name, options => ConfigurationReader.Apply(configuration, options));
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
        return services.AddFactory(name: null, configure ?? (_ => { }), credentialsRequired: false);
    }

    private static IHttpClientBuilder AddClient(this IServiceCollection services, string? name, Action<Bitrix24ClientOptions> configure)
    {
        var builder = services.AddFactory(name, configure, credentialsRequired: true);
        services.Add(name, provider => provider.Get<IBitrix24ClientFactory>(name).Create(CredentialsOf(provider, name)));
        services.Add(name, provider => CredentialsOf(provider, name).Scheme is OAuthCredentials credentials
            ? new Bitrix24OAuthClient(credentials.Tokens, provider.Get<ClientContext>(name).Http)
            : throw new InvalidOperationException(
                "The credentials are not OAuth. Use Bitrix24Credentials.OAuth, or IBitrix24ClientFactory.CreateOAuthClient."));
        return builder;
    }

    private static IHttpClientBuilder AddFactory(
        this IServiceCollection services, string? name, Action<Bitrix24ClientOptions> configure, bool credentialsRequired)
    {
        if (services.Any(service => service.ServiceType == typeof(IBitrix24ClientFactory) && Equals(service.ServiceKey, name)))
        {
            throw new InvalidOperationException(
                (name is null ? "The Bitrix24 client" : $"A Bitrix24 client with the name '{name}'")
                + " is already registered. To call several portals, give each client a name, or call AddBitrix24ClientFactory once and "
                + "create a client for each portal.");
        }

        var optionsName = name ?? Options.Options.DefaultName;
        var httpClientName = name is null ? HttpClientName : $"{HttpClientName}.{name}";
        services.AddOptions<Bitrix24ClientOptions>(optionsName)
            .Configure<IServiceProvider>((options, provider) =>
                options.TimeProvider = provider.GetService<TimeProvider>() ?? options.TimeProvider)
            .Configure(configure)
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<Bitrix24ClientOptions>>(new Bitrix24ClientOptionsValidator(optionsName, credentialsRequired));

        // A singleton can hold a client, because each call requests a handler from the factory.
        services.Add(name, provider =>
        {
            var factory = provider.GetRequiredService<IHttpClientFactory>();
            return ClientContextFactory.Create(
                OptionsOf(provider, name),
                () => factory.CreateClient(httpClientName),
                provider.GetService<ILoggerFactory>());
        });
        services.Add<IBitrix24ClientFactory>(name, provider => new Bitrix24ClientFactory(provider.Get<ClientContext>(name)));

        // Wraps the primary handler, so that all handlers of the application run before this one.
        services.AddOptions<HttpClientFactoryOptions>(httpClientName).PostConfigure(options =>
            options.HttpMessageHandlerBuilderActions.Add(builder =>
                builder.PrimaryHandler = HttpHandlerFactory.AddSendOnceHandler(builder.PrimaryHandler)));

        // The default loggers log the URL of each request, which contains the code of a webhook.
        return services.AddHttpClient(httpClientName)
            .ConfigureHttpClient(HttpHandlerFactory.Configure)
            .ConfigurePrimaryHttpMessageHandler(HttpHandlerFactory.CreateHandler)
            .RemoveAllLoggers();
    }

    private static void Add<T>(this IServiceCollection services, string? name, Func<IServiceProvider, T> create)
        where T : class
    {
        if (name is null)
        {
            services.AddSingleton(create);
        }
        else
        {
            services.AddKeyedSingleton(name, (provider, _) => create(provider));
        }
    }

    private static T Get<T>(this IServiceProvider provider, string? name)
        where T : notnull =>
        name is null ? provider.GetRequiredService<T>() : provider.GetRequiredKeyedService<T>(name);

    private static Bitrix24ClientOptions OptionsOf(IServiceProvider provider, string? name) =>
        provider.GetRequiredService<IOptionsMonitor<Bitrix24ClientOptions>>().Get(name ?? Options.Options.DefaultName);

    private static Bitrix24Credentials CredentialsOf(IServiceProvider provider, string? name) => OptionsOf(provider, name).Credentials!;
}
