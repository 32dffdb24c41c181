using System.Diagnostics.CodeAnalysis;
using Bitrix24.Configuration;
using Bitrix24.Http;
using Bitrix24.Operations;
using Bitrix24.Pipeline;
using Microsoft.Extensions.Logging;

namespace Bitrix24;

/// <content>How a client is made.</content>
public sealed partial class Bitrix24Client
{
    private readonly Bitrix24Credentials credentials;
    private readonly ClientContext context;
    private readonly CallPipeline pipeline;

    internal Bitrix24Client(Bitrix24Credentials credentials, ClientContext context)
    {
        this.credentials = credentials;
        this.context = context;
        pipeline = new CallPipeline(context, credentials.Scheme);
    }

    /// <summary>Makes a client for an incoming webhook, without dependency injection.</summary>
    /// <param name="webhookUrl">The address that the portal shows for the webhook: <c>https://{portal}/rest/{user id}/{webhook code}/</c>.</param>
    /// <returns>A client. It shares its connections with all others made this way and need not be disposed.</returns>
    /// <exception cref="ArgumentException"><paramref name="webhookUrl"/> is <see langword="null"/> or not of that form.</exception>
    [SuppressMessage("Design", "CA1054:URI-like parameters should not be strings", Justification = "A webhook address is a secret that is configured as text.")]
    public static Bitrix24Client Create(string webhookUrl) => Create(new Bitrix24ClientOptions { Credentials = Bitrix24Credentials.Webhook(webhookUrl) });

    /// <summary>Makes a client, without dependency injection.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="loggerFactory">Where to log to. Default: nowhere.</param>
    /// <returns>A client. It shares its connections with all others made this way and need not be disposed.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is <see langword="null"/>.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is missing or out of its range.</exception>
    public static Bitrix24Client Create(Bitrix24ClientOptions options, ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        Bitrix24ClientOptionsValidator.ThrowIfInvalid(options);
        return new Bitrix24Client(options.Credentials!, ClientContextFactory.Create(options, () => HttpHandlerFactory.Shared, loggerFactory));
    }

    /// <summary>Describes the client without secrets.</summary>
    /// <returns>The portal and the kind of credentials.</returns>
    public override string ToString() => $"{nameof(Bitrix24Client)} ({credentials})";

    /// <summary>Every generated operation calls this.</summary>
    internal Task<TResponse> SendAsync<TResponse>(OperationDescriptor operation, IRequest request, CancellationToken cancellationToken)
        where TResponse : class, IResponse, new() =>
        pipeline.SendAsync<TResponse>(operation, request, cancellationToken);
}
