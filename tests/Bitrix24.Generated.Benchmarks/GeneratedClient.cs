using System.Diagnostics.Metrics;

namespace Bitrix24.Benchmarks;

/// <summary>Represents this client with retries, logging at Information, a metrics listener and no rate limit.</summary>
internal sealed class GeneratedClient : ICandidate
{
    private readonly Bitrix24Client client;

    internal GeneratedClient(Uri webhook)
    {
        Collect();
        client = Bitrix24Client.Create(
            new Bitrix24ClientOptions
            {
                Credentials = Bitrix24Credentials.Webhook(webhook.ToString()),
                RateLimit = Bitrix24RateLimit.Unlimited,
            },
            InformationLogger.Factory
        );
    }

    public string Name => "Bitrix24.Generated";

    public async Task<long> AddAsync(IReadOnlyList<long> ids) =>
        (
            await client.AddCallListAsync(
                new AddCallListRequest
                {
                    EntityType = CallListEntityType.Contact,
                    Entities = ids,
                    WebformId = 1,
                }
            )
        ).Result;

    private static void Collect()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Bitrix24.Generated")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>(static (_, _, _, _) => { });
        listener.SetMeasurementEventCallback<long>(static (_, _, _, _) => { });
        listener.Start();
    }
}
