using System.Net.Http;

namespace Bitrix24;

/// <summary>The right to send a request once. It goes with the request, and with copies that handlers make of it.</summary>
internal sealed class SendPass
{
    private const string Key = "Bitrix24.SendPass";

    private int used;

    internal static void Attach(HttpRequestMessage request) =>
#if NET
        request.Options.Set(new HttpRequestOptionsKey<SendPass>(Key), new SendPass());
#else
        request.Properties[Key] = new SendPass();
#endif

    internal static SendPass? Of(HttpRequestMessage request) =>
#if NET
        request.Options.TryGetValue(new HttpRequestOptionsKey<SendPass>(Key), out var pass) ? pass : null;
#else
        request.Properties.TryGetValue(Key, out var pass) ? pass as SendPass : null;
#endif

    internal bool TryUse() => Interlocked.Exchange(ref used, 1) == 0;
}
