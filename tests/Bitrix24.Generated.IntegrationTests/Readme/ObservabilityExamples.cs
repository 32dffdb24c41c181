using System.Diagnostics;
using Bitrix24.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Bitrix24.Tests;

/// <summary>Runs the code of docs/observability.md and checks the exported data.</summary>
[Collection(nameof(AloneCollection))]
public sealed class ObservabilityExamples
{
    [Fact]
    public async Task OpenTelemetry_exports_activities_metrics_and_logs_without_a_secret()
    {
        const string Code = "s3cr3tc0de";
        using var portal = SimulatedPortal.Start(new SimulatedPortalOptions { WebhookCode = Code });
        portal.Contacts.Add(9, 17, 19);
        portal.Webforms.Add(1);
        var (activities, metrics, logs) = (new List<Activity>(), new List<MetricSnapshot>(), new List<LogRecord>());
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Logging.SetMinimumLevel(LogLevel.Debug);
        var services = builder.Services;
        services.AddBitrix24Client(options => options.Credentials = Bitrix24Credentials.Webhook(portal.WebhookUrl));

        services.AddOpenTelemetry()
            .WithTracing(tracing => tracing.AddSource("Bitrix24.Generated").AddConsoleExporter())
            .WithMetrics(metrics => metrics.AddMeter("Bitrix24.Generated").AddConsoleExporter())
            .WithLogging(logging => logging.AddConsoleExporter());

        services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddInMemoryExporter(activities));
        services.ConfigureOpenTelemetryMeterProvider(provider => provider.AddInMemoryExporter(metrics));
        services.ConfigureOpenTelemetryLoggerProvider(provider => provider.AddInMemoryExporter(logs));
        using var host = builder.Build();
        await host.StartAsync();
        await host.Services.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request);
        host.Services.GetRequiredService<MeterProvider>().ForceFlush();
        await host.StopAsync();

        var activity = Assert.Single(activities);
        Assert.Equal(("crm.calllist.add", ActivityKind.Client), (activity.DisplayName, activity.Kind));
        var duration = Assert.Single(metrics, metric => metric.Name == "bitrix24.client.call.duration");
        var bounds = new List<double>();
        foreach (var bucket in Assert.Single(duration.MetricPoints).GetHistogramBuckets())
        {
            bounds.Add(bucket.ExplicitBound);
        }

        Assert.Equal((0.005, 60, double.PositiveInfinity), (bounds[0], bounds[^2], bounds[^1]));
        var log = Assert.Single(logs, log => log.CategoryName == "Bitrix24.Generated");
        Assert.Equal(1, log.EventId.Id);
        Assert.DoesNotContain(Code, string.Join(' ', activity.TagObjects) + log.FormattedMessage + string.Join(' ', log.Attributes!), StringComparison.Ordinal);
    }
}
