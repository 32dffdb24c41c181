using System.Globalization;
using Bitrix24.Errors;
using Bitrix24.Http;
using Bitrix24.Secrets;
using Bitrix24.Validation;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Authentication;

/// <summary>The authorization server, where tokens are issued.</summary>
internal sealed class TokenClient(HttpSender http)
{
    /// <summary>Name for messages, in the place where the name of a method stands.</summary>
    internal const string Name = "oauth/token";

    /// <summary>
    /// Sends a form, never a query: the secrets stay out of URLs. Nothing is sent twice: a refresh token can be used only once. For the
    /// same reason the response is awaited longer than that of a call.
    /// </summary>
    /// <exception cref="Bitrix24Exception">The server refused, or gave no readable answer.</exception>
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

    private Bitrix24Authorization? Read(JObject answer)
    {
        if (Text(answer, "access_token") is not { Length: > 0 } accessToken || Text(answer, "refresh_token") is not { Length: > 0 } refreshToken)
        {
            return null;
        }

        var expiresIn = long.TryParse(Text(answer, "expires_in"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < int.MaxValue ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        return new Bitrix24Authorization(
            new Bitrix24Token { AccessToken = accessToken, RefreshToken = refreshToken, ExpiresAt = http.TimeProvider.GetUtcNow() + expiresIn },
            Uri.TryCreate(Text(answer, "client_endpoint"), UriKind.Absolute, out var endpoint) ? PortalUri.Origin(endpoint) : null,
            Text(answer, "member_id"),
            Text(answer, "scope")?.Split(',') ?? []);
    }

    private static string? Text(JObject answer, string name) => answer[name] is JValue { Value: not null } value ? value.ToString(CultureInfo.InvariantCulture) : null;
}
