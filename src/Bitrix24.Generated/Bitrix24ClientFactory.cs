using Bitrix24.Pipeline;

namespace Bitrix24;

/// <summary>Creates clients that share options and connections.</summary>
internal sealed class Bitrix24ClientFactory(ClientContext context) : IBitrix24ClientFactory
{
    public IBitrix24Client Create(Bitrix24Credentials credentials)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        return new Bitrix24Client(credentials, context);
    }

    public Bitrix24OAuthClient CreateOAuthClient(Bitrix24OAuthOptions options) => Bitrix24OAuthClient.From(options, context.Http);
}
