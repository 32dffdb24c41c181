using System.Globalization;

namespace Bitrix24.Benchmarks;

/// <summary>Represents the ratio of a client to the floor over all rounds.</summary>
/// <param name="Median">The median, which is the result.</param>
/// <param name="Least">The minimum.</param>
/// <param name="Most">The maximum.</param>
internal sealed record Ratio(double Median, double Least, double Most)
{
    internal static Ratio Of(IEnumerable<Sample> samples, IEnumerable<Sample> floor, Func<Sample, double> value)
    {
        var ratios = samples.Zip(floor, (sample, beside) => value(sample) / value(beside)).Order().ToList();
        var middle = ratios.Count / 2;
        return new(ratios.Count % 2 == 1 ? ratios[middle] : (ratios[middle - 1] + ratios[middle]) / 2, ratios[0], ratios[^1]);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Median:F2} ({Least:F2}-{Most:F2})");
}
