using System.Net;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Testing;

/// <summary>Represents the authorization server of a simulated portal. It issues tokens and accepts each refresh token once.</summary>
internal sealed class AuthorizationServer(SimulatedPortalOptions options, Func<Uri> portal)
{
    private readonly object sync = new();
    private readonly HashSet<string> replaced = new(StringComparer.Ordinal);
    private string accessToken = options.AccessToken;
    private string refreshToken = options.RefreshToken;
    private string? authorizationCode = options.AuthorizationCode;
    private bool expired;
    private int refreshCount;

    public string AccessToken
    {
        get
        {
            lock (sync)
            {
                return accessToken;
            }
        }
    }

    public string RefreshToken
    {
        get
        {
            lock (sync)
            {
                return refreshToken;
            }
        }
    }

    public int TokenRefreshCount => Volatile.Read(ref refreshCount);

    public void Expire()
    {
        lock (sync)
        {
            expired = true;
        }
    }

    public PortalError? Check(string token)
    {
        lock (sync)
        {
            return replaced.Contains(token) || (expired && token == accessToken)
                ? new PortalError(401, "expired_token", "The access token provided has expired")
                : token != accessToken ? new PortalError(401, "NO_AUTH_FOUND", "Wrong authorization data")
                : null;
        }
    }

    public PortalResponse Issue(string form)
    {
        var fields = form.Split('&').Select(field => field.Split('=', 2)).Where(field => field.Length == 2)
            .ToLookup(field => WebUtility.UrlDecode(field[0]), field => WebUtility.UrlDecode(field[1]), StringComparer.Ordinal);
        if (fields["client_id"].LastOrDefault() != options.ClientId || fields["client_secret"].LastOrDefault() != options.ClientSecret)
        {
            return PortalResponse.Rejection(new PortalError(400, "invalid_client", "Invalid client data was provided"));
        }

        lock (sync)
        {
            switch (fields["grant_type"].LastOrDefault())
            {
                case "refresh_token" when fields["refresh_token"].LastOrDefault() == refreshToken:
                    refreshCount++;
                    break;
                case "authorization_code" when authorizationCode is not null && fields["code"].LastOrDefault() == authorizationCode:
                    authorizationCode = null;
                    break;
                case "refresh_token" or "authorization_code":
                    return PortalResponse.Rejection(new PortalError(400, "invalid_grant", "Invalid authorization data was provided"));
                default:
                    const string Description = "An incorrectly formatted authorization request was provided";
                    return PortalResponse.Rejection(new PortalError(400, "invalid_request", Description));
            }

            replaced.Add(accessToken);
            accessToken = Guid.NewGuid().ToString("N");
            refreshToken = Guid.NewGuid().ToString("N");
            expired = false;
            return PortalResponse.Ok(new JObject
            {
                ["access_token"] = accessToken,
                ["refresh_token"] = refreshToken,
                ["expires_in"] = 3600,
                ["expires"] = options.TimeProvider.GetUtcNow().AddHours(1).ToUnixTimeSeconds(),
                ["client_endpoint"] = new Uri(portal(), "rest/").ToString(),
                ["server_endpoint"] = new Uri(portal(), "oauth/").ToString(),
                ["domain"] = portal().Authority,
                ["member_id"] = "a223c6b3710f85df22e9377d6c4f7553",
                ["scope"] = "crm",
                ["status"] = "L",
                ["user_id"] = options.UserId,
            });
        }
    }
}
