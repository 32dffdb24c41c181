using Bitrix24.Authentication;
using Bitrix24.Http;

namespace Bitrix24;

/// <summary>The first step of OAuth 2.0: what a portal grants becomes tokens.</summary>
public static class Bitrix24OAuth
{
    /// <summary>Exchanges an authorization code for the first pair of tokens and saves it in the token store.</summary>
    /// <param name="options">The application. <see cref="Bitrix24OAuthOptions.PortalUrl"/> is not needed yet.</param>
    /// <param name="code">The code that the portal has sent to the application. It is valid for 30 seconds, and once.</param>
    /// <param name="cancellationToken">Stops waiting. The exchange itself goes on, and what it gives is saved.</param>
    /// <returns>The tokens and the portal they are for.</returns>
    /// <exception cref="ArgumentException">An argument is <see langword="null"/>, the code is blank, or an option is missing or wrong.</exception>
    /// <exception cref="Bitrix24Exception">The authorization server refused the code, or gave no readable answer.</exception>
    /// <remarks>Source: <see href="https://apidocs.bitrix24.com/settings/oauth/index.html"/></remarks>
    public static async Task<Bitrix24Authorization> ExchangeCodeAsync(Bitrix24OAuthOptions options, string code, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(code);
        if (string.IsNullOrWhiteSpace(code))
        {
            throw new ArgumentException("The authorization code is blank.", nameof(code));
        }

        OAuthSettings application;
        try
        {
            application = OAuthSettings.From(options);
        }
        catch (FormatException exception)
        {
            throw new ArgumentException(exception.Message, nameof(options), exception);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return await new TokenManager(application, application.TokenEndpoint).ExchangeAsync(code, HttpSender.WithoutOptions()).WaitOrAbandonAsync(cancellationToken).ConfigureAwait(false);
    }
}
