using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace Bitrix24.Tests;

/// <summary>Tests that the tables in docs/observability.md match the code.</summary>
[Collection(nameof(AloneCollection))]
public sealed partial class ObservabilityPageTests
{
    [Fact]
    public async Task Every_log_event_is_listed_with_its_level()
    {
        var events = typeof(Log)
            .GetMethods(BindingFlags.Static | BindingFlags.NonPublic)
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .Where(message => message is not null)
            .Select(message => $"{message!.EventId} {message.Level}");

        var listed = EventRow().Matches(await PageAsync()).Select(row => $"{int.Parse(row.Groups["id"].ValueSpan, CultureInfo.InvariantCulture)} {row.Groups["level"].Value}");

        Assert.Equal(events.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_metric_is_listed_with_its_unit()
    {
        var metrics = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == "Bitrix24.Generated")
                {
                    metrics.Add($"{instrument.Name} {instrument.Unit}");
                }
            },
        };
        System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(typeof(Telemetry).TypeHandle);
        listener.Start();

        var listed = MetricRow().Matches(await PageAsync()).Select(row => $"{row.Groups["name"].Value} {row.Groups["unit"].Value}");

        Assert.Equal(metrics.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    private static Task<string> PageAsync() => File.ReadAllTextAsync(Repository.PathOf("docs/observability.md"));

    [GeneratedRegex(@"^\| (?<id>[0-9]+) [^|]+ \| (?<level>\w+) \|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex EventRow();

    [GeneratedRegex(@"^\| `(?<name>bitrix24[a-z.]+)`[^|]* \| (?<unit>[^| ]+) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex MetricRow();
}
