using System.Diagnostics.CodeAnalysis;
using Bitrix24.Calls;
using Bitrix24.Configuration;
using Bitrix24.Http;
using Bitrix24.Operations;
using Bitrix24.Pipeline;
using Microsoft.Extensions.Logging;

namespace Bitrix24;

/// <content>The creation of clients.</content>
public sealed partial class Bitrix24Client
{
    private readonly Bitrix24Credentials credentials;
    private readonly ClientContext context;
    private readonly CallPipeline pipeline;
    private readonly MethodResolver methods;

    internal Bitrix24Client(Bitrix24Credentials credentials, ClientContext context)
    {
        this.credentials = credentials;
        this.context = context;
        pipeline = new CallPipeline(context, credentials.Scheme);
        methods = new MethodResolver(Operations, pipeline.Redact);
    }

    /// <summary>Creates a client for an incoming webhook, without dependency injection.</summary>
    /// <param name="webhookUrl">The URL of the webhook: <c>https://{portal}/rest/{user id}/{webhook code}/</c>.</param>
    /// <returns>The client. It shares its connections with all clients created this way and does not need to be disposed.</returns>
    /// <exception cref="ArgumentException"><paramref name="webhookUrl"/> is <see langword="null"/> or does not have this form.</exception>
    [SuppressMessage(
        "Design",
        "CA1054:URI-like parameters should not be strings",
        Justification = "A webhook URL is a secret that is configured as text."
    )]
    public static Bitrix24Client Create(string webhookUrl) =>
        Create(new Bitrix24ClientOptions { Credentials = Bitrix24Credentials.Webhook(webhookUrl) });

    /// <summary>Creates a client, without dependency injection.</summary>
    /// <param name="options">The options.</param>
    /// <param name="loggerFactory">The factory of the logger. Default is no logging.</param>
    /// <returns>The client. It shares its connections with all clients created this way and does not need to be disposed.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is <see langword="null"/>.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is missing or out of range.</exception>
    public static Bitrix24Client Create(Bitrix24ClientOptions options, ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        Bitrix24ClientOptionsValidator.ThrowIfInvalid(options);
        return new Bitrix24Client(
            options.Credentials!,
            ClientContextFactory.Create(options, () => HttpHandlerFactory.Shared, loggerFactory)
        );
    }

    /// <summary>Returns a description of the client without secrets.</summary>
    /// <returns>The portal and the type of credentials.</returns>
    public override string ToString() => $"{nameof(Bitrix24Client)} ({credentials})";

    /// <summary>Sends a request. Every generated operation calls this method.</summary>
    internal Task<TResponse> SendAsync<TResponse>(OperationDescriptor operation, IRequest request, CancellationToken cancellationToken)
        where TResponse : class, IResponse, new() => pipeline.SendAsync<TResponse>(operation, request, cancellationToken);
}
