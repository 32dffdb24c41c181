using System.Collections.Concurrent;
using System.Threading.Channels;
using Bitrix24.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Bitrix24.Tests;

/// <summary>Runs the code of the documentation pages that needs a host.</summary>
public sealed class HostingExamples
{
    private static readonly ConcurrentQueue<AddCallListOutcome> Saved = new();

    [Fact]
    public async Task Worker_sends_its_jobs_and_saves_the_outcomes_at_shutdown()
    {
        using var portal = SimulatedPortal.Start();
        portal.Contacts.Add(9, 17, 19);
        portal.Webforms.Add(1);
        var jobs = Channel.CreateUnbounded<AddCallListRequest>();
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Services.AddBitrix24Client(options => options.Credentials = Bitrix24Credentials.Webhook(portal.WebhookUrl));
        builder.Services.AddSingleton(jobs.Reader);
        builder.Services.AddHostedService<CallListWorker>();
        LetTheHostWait(builder.Services);
        using var host = builder.Build();
        await host.StartAsync();

        for (var job = 0; job < 3; job++)
        {
            jobs.Writer.TryWrite(TestClient.Request);
        }

        // The batch is sent after MaxBatchDelay, although it is not full.
        while (Saved.Count < 3)
        {
            await Task.Yield();
        }

        // The portal holds back the next response until the host stops.
        portal.FailNext(SimulatedFault.NoAnswer with { RunsCall = true });
        jobs.Writer.TryWrite(TestClient.Request);
        while (portal.UnansweredRequestCount == 0)
        {
            await Task.Yield();
        }

        var stopping = host.StopAsync();
        portal.Dispose();
        await stopping;

        Assert.Equal(
            [CallExecution.Executed, CallExecution.Executed, CallExecution.Executed, CallExecution.Unknown],
            Saved.Select(outcome => outcome.Execution));
        Assert.Equal(4, portal.CallLists.Count);
    }

    [Fact]
    public void Resilience_handlers_of_the_application_can_be_removed()
    {
        var services = new ServiceCollection();
        var webhookUrl = TestClient.WebhookUrl;
#pragma warning disable EXTEXP0001 // The page mentions that the method is experimental.
        services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler());

        services.AddBitrix24Client(options => options.Credentials = Bitrix24Credentials.Webhook(webhookUrl))
            .RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
        using var provider = services.BuildServiceProvider();

        Assert.NotNull(provider.GetRequiredService<IBitrix24Client>());
    }

    private static void LetTheHostWait(IServiceCollection services)
    {
        services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(90));
    }

    private static Task SaveAsync(AddCallListOutcome outcome)
    {
        Saved.Enqueue(outcome);
        return Task.CompletedTask;
    }

    public sealed class CallListWorker(IBitrix24Client bitrix24, ChannelReader<AddCallListRequest> jobs) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            var requests = jobs.ReadAllAsync(stoppingToken);
            await foreach (AddCallListOutcome outcome in bitrix24.AddCallListsAsync(requests, cancellationToken: stoppingToken))
            {
                await SaveAsync(outcome);
            }
        }
    }
}
