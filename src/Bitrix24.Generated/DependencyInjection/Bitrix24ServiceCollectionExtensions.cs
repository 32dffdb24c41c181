using Bitrix24;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the Bitrix24 client.</summary>
public static class Bitrix24ServiceCollectionExtensions
{
    private const string HttpClientName = "Bitrix24.Generated";

    /// <summary>Registers <see cref="IBitrix24Client"/> as a singleton.</summary>
    /// <param name="services">Where to register.</param>
    /// <param name="configure">Sets the options; <see cref="Bitrix24ClientOptions.Credentials"/> is required.</param>
    /// <returns>The builder of the HTTP client that the calls go through, for handlers of your own.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <remarks>Wrong options throw an <see cref="OptionsValidationException"/> when the host starts or the client is first asked for.</remarks>
    public static IHttpClientBuilder AddBitrix24Client(this IServiceCollection services, Action<Bitrix24ClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);

        services.AddOptions<Bitrix24ClientOptions>()
            .Configure<IServiceProvider>((options, provider) => options.TimeProvider = provider.GetService<TimeProvider>() ?? options.TimeProvider)
            .Configure(configure)
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<Bitrix24ClientOptions>, Bitrix24ClientOptionsValidator>());

        // A singleton may hold the client: each call asks the factory anew, so handlers are never kept beyond their time.
        services.TryAddSingleton<IBitrix24Client>(provider =>
        {
            var factory = provider.GetRequiredService<IHttpClientFactory>();
            return new Bitrix24Client(
                provider.GetRequiredService<IOptions<Bitrix24ClientOptions>>().Value,
                () => factory.CreateClient(HttpClientName),
                provider.GetService<ILoggerFactory>());
        });

        // The default loggers print the address of each request, and with it the code of a webhook.
        return services.AddHttpClient(HttpClientName)
            .ConfigureHttpClient(HttpConnections.Configure)
            .ConfigurePrimaryHttpMessageHandler(HttpConnections.CreateHandler)
            .RemoveAllLoggers();
    }

    /// <summary>Registers <see cref="IBitrix24Client"/> as a singleton, with options from configuration.</summary>
    /// <param name="services">Where to register.</param>
    /// <param name="configuration">
    /// A section with <c>WebhookUrl</c>, or with <c>PortalUrl</c> and <c>AccessToken</c>; and, where wanted, <c>AttemptTimeout</c>
    /// (<c>00:01:10</c>) and <c>ApplicationName</c>.
    /// </param>
    /// <returns>The builder of the HTTP client that the calls go through, for handlers of your own.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <remarks>Wrong settings throw an <see cref="OptionsValidationException"/> when the host starts or the client is first asked for.</remarks>
    public static IHttpClientBuilder AddBitrix24Client(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);

        return services.AddBitrix24Client(options => ConfigurationReader.Apply(configuration, options));
    }
}
