using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using static Bitrix24.Tests.Http2Server;

namespace Bitrix24.Tests;

/// <summary>Tests HTTP/2 servers that refuse requests. A request that a server did not process is not unknown.</summary>
public sealed class Http2Tests
{
    [Fact]
    public async Task Calls_use_HTTP_2()
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
    public async Task Refused_stream_is_sent_again_and_executed_once(string reaction)
    {
        using var server = new Http2Server(request => request.Number == 1 ? Enum.Parse<Reaction>(reaction) : Reaction.Answer);
        await using var services = server.Services();

        Assert.Equal(1, (await services.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request)).Result);

        Assert.Equal(1, server.Created);
    }

    [Theory]
    [InlineData(nameof(Reaction.RefuseStream))]
    [InlineData(nameof(Reaction.GoAwayBelow))]
    public async Task Repeatedly_refused_streams_are_not_executed(string reaction)
    {
        using var server = new Http2Server(_ => Enum.Parse<Reaction>(reaction));
        await using var services = server.Services();

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() =>
            services.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request)
        );

        Assert.Equal((CallExecution.NotExecuted, 1), (exception.Execution, exception.Attempts));
        Assert.Equal("crm.calllist.add failed: the server did not process the request.", exception.Message);
    }

    [Fact]
    public async Task Call_to_a_server_that_closed_for_good_is_not_executed()
    {
        Http2Server? leaving = null;
        using var server = new Http2Server(_ =>
        {
            leaving!.StopListening();
            return Reaction.GoAwayBelow;
        });
        leaving = server;
        await using var services = server.Services();

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() =>
            services.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request)
        );

        Assert.Equal(CallExecution.NotExecuted, exception.Execution);
    }

    [Theory]
    [InlineData(nameof(Reaction.RequireHttp11))]
    [InlineData(nameof(Reaction.Misdirected))]
    public async Task Call_is_retried_over_HTTP_1_1_if_the_server_requires_it(string reaction)
    {
        using var server = new Http2Server(request => request.IsHttp2 ? Enum.Parse<Reaction>(reaction) : Reaction.Answer);
        await using var once = server.Services();
        await using var services = server.Services(options =>
            (options.Retry.MaxAttempts, options.TimeProvider) = (2, new SkippingTimeProvider())
        );

        var refused = await Assert.ThrowsAnyAsync<Bitrix24Exception>(() =>
            once.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request)
        );
        Assert.Equal(CallExecution.NotExecuted, refused.Execution);

        Assert.Equal(1, (await services.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request)).Result);
        Assert.Equal(1, server.Created);
    }

    [Fact]
    public async Task Stream_reset_by_the_server_is_unknown()
    {
        using var server = new Http2Server(_ => Reaction.ResetWithInternalError);
        await using var services = server.Services(options => options.Retry.MaxAttempts = 3);

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() =>
            services.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request)
        );

        Assert.Equal((CallExecution.Unknown, 1), (exception.Execution, exception.Attempts));
    }

    [Fact]
    public async Task Stream_processed_before_GOAWAY_is_unknown()
    {
        using var server = new Http2Server(_ => Reaction.GoAwayAndClose);
        await using var services = server.Services(options => options.Retry.MaxAttempts = 3);

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() =>
            services.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request)
        );

        Assert.Equal((CallExecution.Unknown, 1), (exception.Execution, exception.Attempts));
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task Attempt_after_a_timeout_uses_another_connection()
    {
        var clock = new SkippingTimeProvider();
        using var server = new Http2Server(request => request.Connection == 1 ? Reaction.Silence : Reaction.Answer);
        await using var services = server.Services(options => (options.Retry.MaxAttempts, options.TimeProvider) = (4, clock));
        var bitrix24 = services.GetRequiredService<IBitrix24Client>();

        var call = bitrix24.UpdateCallListAsync(
            new UpdateCallListRequest
            {
                ListId = 1,
                EntityType = CallListEntityType.Contact,
                Entities = [9],
                WebformId = 1,
            }
        );
        while (server.Unanswered == 0)
        {
            await Task.Yield();
        }

        clock.ExpireAttempts();

        // The result has the wrong type. The test only needs a response.
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
    public void Dead_connections_are_detected()
    {
        using var handler = (SocketsHttpHandler)HttpHandlerFactory.CreateHandler();

        Assert.Equal(
            (TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(10), HttpKeepAlivePingPolicy.Always),
            (handler.KeepAlivePingDelay, handler.KeepAlivePingTimeout, handler.KeepAlivePingPolicy)
        );
        Assert.InRange(handler.PooledConnectionIdleTimeout, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(59));
    }

    [Fact]
    public async Task Custom_handler_cannot_send_twice_over_HTTP_2()
    {
        using var server = new Http2Server(_ => Reaction.ResetWithInternalError);
        var services = new ServiceCollection();
        services
            .AddBitrix24Client(options =>
                (options.Credentials, options.Retry.MaxAttempts) = (Bitrix24Credentials.Webhook($"{server.Url}rest/1/abc/"), 1)
            )
            .ConfigurePrimaryHttpMessageHandler((handler, _) => Trust(handler))
            .AddHttpMessageHandler(() => new RepeatingHandler());
        await using var provider = services.BuildServiceProvider();

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() =>
            provider.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request)
        );

        Assert.Equal(CallExecution.Unknown, exception.Execution);
        Assert.Contains("tried to send the request a second time", exception.Message, StringComparison.Ordinal);
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task Request_abandoned_but_not_stopped_by_a_handler_is_sent_once()
    {
        using var server = new Http2Server(_ => Reaction.Answer);
        var connected = new TaskCompletionSource();
        var abandoning = new AbandoningHandler();
        var services = new ServiceCollection();
        services
            .AddBitrix24Client(options =>
                (options.Credentials, options.Retry.MaxAttempts, options.TimeProvider) = (
                    Bitrix24Credentials.Webhook($"{server.Url}rest/1/abc/"),
                    2,
                    new SkippingTimeProvider()
                )
            )
            .ConfigurePrimaryHttpMessageHandler(
                (handler, _) =>
                {
                    Trust(handler);
                    ((SocketsHttpHandler)handler).ConnectCallback = async (context, cancellationToken) =>
                    {
                        await connected.Task;
                        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                        await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                        return new NetworkStream(socket, ownsSocket: true);
                    };
                }
            )
            .AddHttpMessageHandler(() => abandoning);
        await using var provider = services.BuildServiceProvider();

        var call = provider.GetRequiredService<IBitrix24Client>().AddCallListAsync(TestClient.Request);
        await abandoning.SentAgain;
        connected.SetResult();

        Assert.Equal(1, (await call).Result);
        await Assert.ThrowsAnyAsync<Exception>(() => abandoning.Abandoned!);
        Assert.Equal(1, server.Created);
    }

    /// <summary>Gives up at once, like a handler whose own timeout expires while it connects.</summary>
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
