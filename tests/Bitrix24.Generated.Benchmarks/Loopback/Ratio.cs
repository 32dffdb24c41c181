using System.Globalization;

namespace Bitrix24.Benchmarks;

/// <summary>How a client compares with the floor over all rounds.</summary>
/// <param name="Median">The middle one: what counts.</param>
/// <param name="Least">The least.</param>
/// <param name="Most">The most.</param>
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
