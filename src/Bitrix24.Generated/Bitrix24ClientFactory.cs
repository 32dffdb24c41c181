using Bitrix24.Pipeline;

namespace Bitrix24;

/// <summary>Makes clients on one set of options and connections.</summary>
internal sealed class Bitrix24ClientFactory(ClientRuntime runtime) : IBitrix24ClientFactory
{
    public IBitrix24Client Create(Bitrix24Credentials credentials)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        return new Bitrix24Client(credentials, runtime);
    }
}
