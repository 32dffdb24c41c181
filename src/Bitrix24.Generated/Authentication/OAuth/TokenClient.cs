using System.Globalization;
using Bitrix24.Errors;
using Bitrix24.Http;
using Bitrix24.Secrets;
using Bitrix24.Validation;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Authentication;

/// <summary>Requests tokens from the authorization server.</summary>
internal sealed class TokenClient(HttpSender http)
{
    /// <summary>The name that messages show in place of a method.</summary>
    internal const string Name = "oauth/token";

    /// <summary>
    /// Sends a form, never a query, so that the secrets stay out of URLs. A request is never sent twice, because a refresh token is valid
    /// once. For the same reason its time limit is longer than that of a call.
    /// </summary>
    /// <exception cref="Bitrix24Exception">The server refused, or gave no readable response.</exception>
    internal async Task<Bitrix24Authorization> RequestAsync(OAuthSettings application, string grantType, string name, string grant)
    {
        using var timeout = http.TimeProvider.CreateCancellationTokenSource(OAuthTimeouts.Exchange(http.AttemptTimeout));
        using var form = new TokenForm(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = grantType,
            ["client_id"] = application.ClientId,
            ["client_secret"] = application.ClientSecret,
            [name] = grant,
        });
        using var message = http.NewPost(application.TokenEndpoint, form);
        using var token = SingleSendToken.Of(message)!;
        var context = new ErrorContext(
            Name,
            Attempts: 1,
            UnknownOutcomeHint: null,
            text => Redaction.Remove(text, application.TokenEndpoint, [application.ClientSecret, grant]))
        {
            Doubt = "it is not known whether the server has issued new tokens",
            TimeLimit = "the time limit of a token exchange",
        };
        try
        {
            using var response = await http.SendAsync(message, token, timeout.Token).ConfigureAwait(false);
            using var body = await ResponseBody
                .ReadAsync(context, response, ResponseBody.MaxErrorSize, http.MaxTotalResponseSize, timeout.Token)
                .ConfigureAwait(false);
            return Read(ResponseClassifier.ReadObject(context, response, body, http.TimeProvider))
                ?? throw TransportErrors.NoResult(context, response.StatusCode);
        }
        catch (Exception exception) when (exception is not Bitrix24Exception)
        {
            var isSent = form.Departure.End();
            var mayHaveRun = isSent && !token.IsUnprocessed;
            if (isSent)
            {
                http.Http2Suspension.Begin(application.TokenEndpoint);
            }

            throw exception is OperationCanceledException
                ? TransportErrors.TimedOut(context, mayHaveRun)
                : TransportErrors.Broken(context, mayHaveRun, exception);
        }
    }

    private Bitrix24Authorization? Read(JObject response)
    {
        if (Text(response, "access_token") is not { Length: > 0 } accessToken
            || Text(response, "refresh_token") is not { Length: > 0 } refreshToken)
        {
            return null;
        }

        var expiresAt = http.TimeProvider.GetUtcNow() + ExpiresIn(response);
        return new Bitrix24Authorization(
            new Bitrix24Token { AccessToken = accessToken, RefreshToken = refreshToken, ExpiresAt = expiresAt },
            Uri.TryCreate(Text(response, "client_endpoint"), UriKind.Absolute, out var endpoint) ? PortalUri.Origin(endpoint) : null,
            Text(response, "member_id"),
            Text(response, "scope")?.Split(',') ?? []);
    }

    private static TimeSpan? ExpiresIn(JObject response) =>
        long.TryParse(Text(response, "expires_in"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && seconds is > 0 and < int.MaxValue
            ? TimeSpan.FromSeconds(seconds)
            : null;

    private static string? Text(JObject response, string name) =>
        response[name] is JValue { Value: not null } value ? value.ToString(CultureInfo.InvariantCulture) : null;
}
