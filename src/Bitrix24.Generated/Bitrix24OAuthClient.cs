using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Bitrix24.Authentication;
using Bitrix24.Configuration;
using Bitrix24.Http;
using Bitrix24.Validation;
using Microsoft.Extensions.Logging;

namespace Bitrix24;

/// <summary>Gets the first tokens of an OAuth 2.0 application: the authorization page, and the exchange of the code.</summary>
/// <remarks>
/// Resolve it from the services after <c>AddBitrix24Client</c> with <see cref="Bitrix24Credentials.OAuth"/>, get one for each application
/// from <see cref="IBitrix24ClientFactory.CreateOAuthClient"/>, or call <see cref="Create"/> without dependency injection. It is safe for
/// use by several threads and need not be disposed.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class Bitrix24OAuthClient
{
    private readonly TokenManager tokens;
    private readonly HttpSender http;

    internal Bitrix24OAuthClient(TokenManager tokens, HttpSender http)
    {
        this.tokens = tokens;
        this.http = http;
    }

    /// <summary>Creates a client without dependency injection.</summary>
    /// <param name="options">The application. <see cref="Bitrix24OAuthOptions.PortalUrl"/> is not needed.</param>
    /// <param name="clientOptions">
    /// The settings of requests, such as <see cref="Bitrix24ClientOptions.AttemptTimeout"/> and
    /// <see cref="Bitrix24ClientOptions.TimeProvider"/>. <see cref="Bitrix24ClientOptions.Credentials"/> is not used. Default: the default
    /// settings.
    /// </param>
    /// <param name="loggerFactory">Creates the logger. Default: no logs.</param>
    /// <returns>A client. It shares its connections with all clients that <see cref="Bitrix24Client.Create(string)"/> returns.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="options"/> is <see langword="null"/>, or one of its properties is missing or invalid.
    /// </exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">
    /// A property of <paramref name="clientOptions"/> is out of its range.
    /// </exception>
    public static Bitrix24OAuthClient Create(
        Bitrix24OAuthOptions options, Bitrix24ClientOptions? clientOptions = null, ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        clientOptions ??= new Bitrix24ClientOptions();
        Bitrix24ClientOptionsValidator.ThrowIfInvalid(clientOptions, credentialsRequired: false);
        return From(options, ClientContextFactory.Create(clientOptions, () => HttpHandlerFactory.Shared, loggerFactory).Http);
    }

    internal static Bitrix24OAuthClient From(Bitrix24OAuthOptions options, HttpSender http)
    {
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            var settings = OAuthSettings.From(options);
            return new Bitrix24OAuthClient(new TokenManager(settings, settings.TokenEndpoint), http);
        }
        catch (FormatException exception)
        {
            throw new ArgumentException(exception.Message, nameof(options), exception);
        }
    }

    /// <summary>Returns the page of a portal where its user grants access to the application.</summary>
    /// <param name="portalUrl">The address of the portal, <c>https://{portal}/</c>. <c>https</c> except for a loopback address.</param>
    /// <param name="state">
    /// A random text that is bound to the user's session. The portal returns it with the code; accept the code only if it is the same.
    /// </param>
    /// <returns>The address to redirect the user's browser to. It contains the client id and the state, but no secret.</returns>
    /// <exception cref="ArgumentException">
    /// An argument is <see langword="null"/>, <paramref name="state"/> is blank, or <paramref name="portalUrl"/> is invalid.
    /// </exception>
    /// <remarks>Source: <see href="https://apidocs.bitrix24.com/settings/oauth/index.html"/></remarks>
    [SuppressMessage("Design", "CA1054:URI-like parameters should not be strings", Justification = "Users type the addresses of portals.")]
    public Uri GetAuthorizeUrl(string portalUrl, string state)
    {
        ArgumentNullException.ThrowIfNull(portalUrl);
        ArgumentNullException.ThrowIfNull(state);
        if (string.IsNullOrWhiteSpace(state))
        {
            throw new ArgumentException("The state is blank. Pass a random text that is bound to the user's session.", nameof(state));
        }

        try
        {
            var query = $"client_id={Uri.EscapeDataString(tokens.Settings.ClientId)}&state={Uri.EscapeDataString(state)}";
            return new Uri(PortalUri.ParsePortal(portalUrl), "oauth/authorize/?" + query);
        }
        catch (FormatException exception)
        {
            throw new ArgumentException(exception.Message, nameof(portalUrl), exception);
        }
    }

    /// <summary>Exchanges an authorization code for the first pair of tokens and saves it in the token store.</summary>
    /// <param name="code">The code that the portal sent to the application. It is valid for 30 seconds and can be used once.</param>
    /// <param name="cancellationToken">
    /// A token to stop waiting. An exchange that was sent goes on, and its tokens are saved.
    /// </param>
    /// <returns>The tokens and their portal.</returns>
    /// <exception cref="ArgumentException"><paramref name="code"/> is <see langword="null"/> or blank.</exception>
    /// <exception cref="Bitrix24Exception">
    /// The authorization server refused the code or gave no readable response, or the token store failed.
    /// </exception>
    /// <remarks>Source: <see href="https://apidocs.bitrix24.com/settings/oauth/index.html"/></remarks>
    public Task<Bitrix24Authorization> ExchangeCodeAsync(string code, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(code);
        if (string.IsNullOrWhiteSpace(code))
        {
            throw new ArgumentException("The authorization code is blank.", nameof(code));
        }

        return cancellationToken.IsCancellationRequested
            ? Task.FromCanceled<Bitrix24Authorization>(cancellationToken)
            : tokens.ExchangeAsync(code, http).WaitOrAbandonAsync(cancellationToken);
    }

    /// <summary>Describes the client without its secrets.</summary>
    /// <returns>The id of the application.</returns>
    public override string ToString() => $"{nameof(Bitrix24OAuthClient)} ({tokens})";
}
