using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using static Bitrix24.Tests.Http2Server;

namespace Bitrix24.Tests;

/// <summary>What servers of HTTP/2 do besides answering: a request that they did not process is not one whose outcome is unknown.</summary>
public sealed class Http2Tests
{
    [Fact]
    public async Task Calls_go_over_HTTP_2()
    {
        var protocols = new List<bool>();
        using var server = new Http2Server(request =>
        {
            protocols.Add(request.IsHttp2);
            return Reaction.Answer;
        });
        await using var services = server.Services();

        Assert.Equal(1, (await services.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request)).Result);

        Assert.Equal([true], protocols);
    }

    [Theory]
    [InlineData(nameof(Reaction.RefuseStream))]
    [InlineData(nameof(Reaction.GoAwayBelow))]
    public async Task Stream_that_the_server_refused_is_sent_again_and_runs_once(string reaction)
    {
        using var server = new Http2Server(request => request.Number == 1 ? Enum.Parse<Reaction>(reaction) : Reaction.Answer);
        await using var services = server.Services();

        Assert.Equal(1, (await services.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request)).Result);

        Assert.Equal(1, server.Created);
    }

    [Theory]
    [InlineData(nameof(Reaction.RefuseStream))]
    [InlineData(nameof(Reaction.GoAwayBelow))]
    public async Task Streams_that_the_server_refuses_again_and_again_did_not_run(string reaction)
    {
        using var server = new Http2Server(_ => Enum.Parse<Reaction>(reaction));
        await using var services = server.Services();

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() => services.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request));

        Assert.Equal((CallExecution.NotExecuted, 1), (exception.Execution, exception.Attempts));
        Assert.Equal("crm.calllist.add failed: the server did not process the request.", exception.Message);
    }

    [Fact]
    public async Task Server_that_goes_away_and_stays_away_did_not_run_the_call()
    {
        Http2Server? leaving = null;
        using var server = new Http2Server(_ =>
        {
            leaving!.StopListening();
            return Reaction.GoAwayBelow;
        });
        leaving = server;
        await using var services = server.Services();

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() => services.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request));

        Assert.Equal(CallExecution.NotExecuted, exception.Execution);
    }

    [Theory]
    [InlineData(nameof(Reaction.RequireHttp11))]
    [InlineData(nameof(Reaction.Misdirected))]
    public async Task Server_that_does_not_take_the_call_over_HTTP_2_gets_it_over_HTTP_1_1(string reaction)
    {
        using var server = new Http2Server(request => request.IsHttp2 ? Enum.Parse<Reaction>(reaction) : Reaction.Answer);
        await using var once = server.Services();
        await using var services = server.Services(options => (options.Retry.MaxAttempts, options.TimeProvider) = (2, new SkippingTimeProvider()));

        var refused = await Assert.ThrowsAnyAsync<Bitrix24Exception>(() => once.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request));
        Assert.Equal(CallExecution.NotExecuted, refused.Execution);

        Assert.Equal(1, (await services.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request)).Result);
        Assert.Equal(1, server.Created);
    }

    [Fact]
    public async Task Stream_that_the_server_breaks_off_may_have_run()
    {
        using var server = new Http2Server(_ => Reaction.ResetWithInternalError);
        await using var services = server.Services(options => options.Retry.MaxAttempts = 3);

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() => services.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request));

        Assert.Equal((CallExecution.Unknown, 1), (exception.Execution, exception.Attempts));
    }

    [Fact]
    public async Task Stream_that_a_leaving_server_processed_may_have_run()
    {
        using var server = new Http2Server(_ => Reaction.GoAwayAndClose);
        await using var services = server.Services(options => options.Retry.MaxAttempts = 3);

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() => services.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request));

        Assert.Equal((CallExecution.Unknown, 1), (exception.Execution, exception.Attempts));
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task Connection_on_which_an_attempt_timed_out_is_not_used_by_the_next_one()
    {
        var clock = new SkippingTimeProvider();
        using var server = new Http2Server(request => request.Connection == 1 ? Reaction.Silence : Reaction.Answer);
        await using var services = server.Services(options => (options.Retry.MaxAttempts, options.TimeProvider) = (4, clock));
        var bitrix24 = services.GetRequiredService<IBitrix24Client>();

        var call = bitrix24.UpdateCallListAsync(new UpdateCallListRequest { ListId = 1, EntityType = CallListEntityType.Contact, Entities = [9], WebformId = 1 });
        while (server.Unanswered == 0)
        {
            await Task.Yield();
        }

        clock.ExpireAttempts();

        // The server answers with a number in place of true: what counts is that it answers.
        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() => call);
        Assert.Contains("holds no result", exception.Message, StringComparison.Ordinal);
        Assert.Equal((2, 1), (server.Connections, server.Unanswered));

        await bitrix24.AddCallListAsync(TestClient.Request);
        Assert.Equal(1, server.Unanswered);
    }

    [Fact]
    public async Task HTTP_2_is_used_again_after_a_while()
    {
        var clock = new SkippingTimeProvider();
        var protocols = new List<bool>();
        using var server = new Http2Server(request =>
        {
            protocols.Add(request.IsHttp2);
            return request.Number == 1 ? Reaction.RequireHttp11 : Reaction.Answer;
        });
        await using var services = server.Services(options => (options.Retry.MaxAttempts, options.TimeProvider) = (2, clock));
        var bitrix24 = services.GetRequiredService<IBitrix24Client>();

        await bitrix24.AddCallListAsync(TestClient.Request);
        clock.Advance(TimeSpan.FromMinutes(1));
        await bitrix24.AddCallListAsync(TestClient.Request);

        Assert.Equal([true, false, true], protocols);
    }

    [Fact]
    public void Connections_find_out_that_they_are_dead()
    {
        using var handler = (SocketsHttpHandler)HttpHandlerFactory.CreateHandler();

        Assert.Equal((TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(10), HttpKeepAlivePingPolicy.Always), (handler.KeepAlivePingDelay, handler.KeepAlivePingTimeout, handler.KeepAlivePingPolicy));
        Assert.InRange(handler.PooledConnectionIdleTimeout, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(59));
    }

    [Fact]
    public async Task Handler_of_the_application_that_sends_twice_is_stopped_over_HTTP_2_as_well()
    {
        using var server = new Http2Server(_ => Reaction.ResetWithInternalError);
        var services = new ServiceCollection();
        services
            .AddBitrix24Client(options => (options.Credentials, options.Retry.MaxAttempts) = (Bitrix24Credentials.Webhook($"{server.Url}rest/1/abc/"), 1))
            .ConfigurePrimaryHttpMessageHandler((handler, _) => Trust(handler))
            .AddHttpMessageHandler(() => new RepeatingHandler());
        await using var provider = services.BuildServiceProvider();

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() => provider.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request));

        Assert.Equal(CallExecution.Unknown, exception.Execution);
        Assert.Contains("tried to send the request a second time", exception.Message, StringComparison.Ordinal);
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task Request_that_a_handler_of_the_application_gives_up_and_does_not_stop_leaves_once()
    {
        using var server = new Http2Server(_ => Reaction.Answer);
        var connected = new TaskCompletionSource();
        var abandoning = new AbandoningHandler();
        var services = new ServiceCollection();
        services
            .AddBitrix24Client(options => (options.Credentials, options.Retry.MaxAttempts, options.TimeProvider) =
                (Bitrix24Credentials.Webhook($"{server.Url}rest/1/abc/"), 2, new SkippingTimeProvider()))
            .ConfigurePrimaryHttpMessageHandler((handler, _) =>
            {
                Trust(handler);
                ((SocketsHttpHandler)handler).ConnectCallback = async (context, cancellationToken) =>
                {
                    await connected.Task;
                    var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                    await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                };
            })
            .AddHttpMessageHandler(() => abandoning);
        await using var provider = services.BuildServiceProvider();

        var call = provider.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request);
        await abandoning.SentAgain;
        connected.SetResult();

        Assert.Equal(1, (await call).Result);
        await Assert.ThrowsAnyAsync<Exception>(() => abandoning.Abandoned!);
        Assert.Equal(1, server.Created);
    }

    /// <summary>Gives up at once, as a handler with a timeout of its own does while the connection is being made.</summary>
    private sealed class AbandoningHandler : DelegatingHandler
    {
        private readonly TaskCompletionSource sentAgain = new();

        public Task? Abandoned { get; private set; }

        public Task SentAgain => sentAgain.Task;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = base.SendAsync(request, CancellationToken.None);
            if (Abandoned is null)
            {
                Abandoned = response;
                throw new TimeoutException();
            }

            sentAgain.SetResult();
            return response;
        }
    }

    private sealed class RepeatingHandler : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            catch (HttpRequestException)
            {
                return await base.SendAsync(request, cancellationToken);
            }
        }
    }
}
