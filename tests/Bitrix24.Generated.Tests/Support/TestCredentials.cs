using Bitrix24.Testing;

namespace Bitrix24.Tests;

/// <summary>Creates credentials of each kind for a simulated portal.</summary>
internal static class TestCredentials
{
    public static Bitrix24Credentials Of(string kind, SimulatedPortal portal) =>
        kind switch
        {
            "webhook" => Bitrix24Credentials.Webhook(portal.WebhookUrl),
            "token" => Bitrix24Credentials.AccessToken(portal.Url.ToString(), portal.AccessToken),
            _ => OAuth(portal, new InMemoryBitrix24TokenStore(TokenOf(portal))),
        };

    public static Bitrix24Credentials OAuth(SimulatedPortal portal, IBitrix24TokenStore store) =>
        Bitrix24Credentials.OAuth(Options(portal, store));

    public static Bitrix24OAuthOptions Options(SimulatedPortal portal, IBitrix24TokenStore store) =>
        new()
        {
            PortalUrl = portal.Url.ToString(),
            ClientId = portal.ClientId,
            ClientSecret = portal.ClientSecret,
            TokenStore = store,
            TokenEndpoint = portal.TokenEndpoint,
        };

    public static Bitrix24Token TokenOf(SimulatedPortal portal) =>
        new() { AccessToken = portal.AccessToken, RefreshToken = portal.RefreshToken };
}
