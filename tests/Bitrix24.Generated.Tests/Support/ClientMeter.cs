using System.Diagnostics.Metrics;

namespace Bitrix24.Tests;

/// <summary>Listens to the metrics of the package only.</summary>
internal static class ClientMeter
{
    /// <summary>Creates a listener without starting it.</summary>
    public static MeterListener NewListener() => new()
    {
        InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Bitrix24.Generated")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        },
    };
}
