using System.Diagnostics.Metrics;

namespace Bitrix24.Tests;

/// <summary>The metrics of the package, and of nobody else in the process.</summary>
internal static class ClientMeter
{
    /// <summary>A listener that has not started yet.</summary>
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
