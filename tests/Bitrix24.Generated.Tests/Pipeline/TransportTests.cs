using System.Net;
using System.Net.Sockets;
using System.Text;
using Bitrix24.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Bitrix24.Tests;

public sealed class TransportTests
{
    [Fact]
    public async Task Refused_connection_is_not_executed()
    {
        using var closed = new ClosedPort();
        var bitrix24 = TestClient.On(closed.WebhookUrl);

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() => bitrix24.AddCallListAsync(TestClient.Request));

        Assert.Equal(CallExecution.NotExecuted, exception.Execution);
        Assert.Null(exception.StatusCode);
        Assert.Equal(Bitrix24ErrorCode.Unknown, exception.ErrorCode);
        Assert.IsType<HttpRequestException>(exception.InnerException);
    }

    [Fact]
    public async Task Failed_TLS_handshake_is_not_executed()
    {
        // A plain http portal is called with TLS.
        using var portal = SimulatedPortal.Start();
        var bitrix24 = TestClient.On(portal.WebhookUrl.Replace("http:", "https:", StringComparison.Ordinal));

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() => bitrix24.AddCallListAsync(TestClient.Request));

        Assert.Equal(CallExecution.NotExecuted, exception.Execution);
        Assert.Empty(portal.CallLists);
    }

    [Fact]
    public async Task Connection_broken_after_the_request_is_unknown()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        var call = CallOn(listener);

        using (var connection = await AcceptRequestAsync(listener))
        {
            connection.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() => call);
        Assert.Equal(CallExecution.Unknown, exception.Execution);
    }

    /// <summary>Such a handler reports only its last attempt.</summary>
    [Fact]
    public async Task Custom_handler_that_repeats_requests_leaves_the_outcome_unknown()
    {
        var handler = StubHandler.Throwing(new HttpRequestException(HttpRequestError.ConnectionError, "No connection for the second try."));
        using var client = new TestClient(handler, options => options.Retry.MaxAttempts = 3);

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() => client.Bitrix24.AddCallListAsync(TestClient.Request));

        Assert.Equal((CallExecution.Unknown, 1), (exception.Execution, handler.Requests));
    }

    [Fact]
    public async Task Truncated_response_is_unknown()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        var call = CallOn(listener);

        using (var connection = await AcceptRequestAsync(listener))
        {
            await connection.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"result\":11"u8.ToArray());
        }

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() => call);
        Assert.Equal(CallExecution.Unknown, exception.Execution);
    }

    [Fact]
    public async Task Timeout_after_the_request_was_sent_is_unknown()
    {
        var time = new FakeTimeProvider();
        var sent = new TaskCompletionSource();
        var handler = new StubHandler(
            async (_, cancellationToken) =>
            {
                sent.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
                throw new InvalidOperationException();
            }
        );
        using var client = new TestClient(
            handler,
            options =>
            {
                options.TimeProvider = time;
                options.AttemptTimeout = TimeSpan.FromSeconds(30);
            }
        );

        var call = client.Bitrix24.AddCallListAsync(TestClient.Request);
        await sent.Task;
        time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(call.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() => call);
        Assert.Equal(CallExecution.Unknown, exception.Execution);
        Assert.Equal(
            "crm.calllist.add failed: no response within the attempt timeout; it is unknown whether the portal executed the call: "
                + "check with ListCallListsAsync before you send it again.",
            exception.Message
        );
    }

    [Fact]
    public async Task Timeout_before_the_request_was_sent_is_not_executed()
    {
        var time = new FakeTimeProvider();
        using var connecting = new NeverConnectingHandler();
        using var client = new TestClient(connecting, options => options.TimeProvider = time);

        var call = client.Bitrix24.AddCallListAsync(TestClient.Request);
        await connecting.Started;
        time.Advance(TimeSpan.FromSeconds(70));

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() => call);
        Assert.Equal(CallExecution.NotExecuted, exception.Execution);
        Assert.Equal("crm.calllist.add failed: no connection to the portal within the attempt timeout.", exception.Message);
    }

    [Fact]
    public async Task Slow_response_exceeds_the_attempt_timeout()
    {
        var time = new FakeTimeProvider();
        var body = new NeverEndingStream();
        var handler = new StubHandler(
            (_, _) => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(body) })
        );
        using var client = new TestClient(handler, options => options.TimeProvider = time);

        var call = client.Bitrix24.AddCallListAsync(TestClient.Request);
        await body.Started;
        time.Advance(TimeSpan.FromSeconds(70));

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() => call);
        Assert.Equal(CallExecution.Unknown, exception.Execution);
    }

    [Fact]
    public async Task Cancellation_carries_the_callers_token()
    {
        using var cancellation = new CancellationTokenSource();
        var sent = new TaskCompletionSource();
        var handler = new StubHandler(
            async (_, cancellationToken) =>
            {
                sent.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
                throw new InvalidOperationException();
            }
        );
        using var client = new TestClient(handler);

        var call = client.Bitrix24.AddCallListAsync(TestClient.Request, cancellation.Token);
        await sent.Task;
        await cancellation.CancelAsync();

        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(cancellation.Token, exception.CancellationToken);
    }

    [Fact]
    public async Task Canceled_token_sends_nothing()
    {
        var handler = StubHandler.Answering(HttpStatusCode.OK, """{"result":11}""");
        using var client = new TestClient(handler);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            client.Bitrix24.AddCallListAsync(TestClient.Request, new CancellationToken(canceled: true))
        );

        Assert.Equal(0, handler.Requests);
    }

    [Fact]
    public async Task Redirects_are_not_followed()
    {
        using var portal = SimulatedPortal.Start();
        portal.FailNext(SimulatedFault.Answer(HttpStatusCode.Found, string.Empty));
        var bitrix24 = TestClient.On(portal.WebhookUrl);

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() => bitrix24.AddCallListAsync(TestClient.Request));

        Assert.Equal(HttpStatusCode.Found, exception.StatusCode);
        Assert.Equal(CallExecution.NotExecuted, exception.Execution);
        Assert.Single(portal.Requests);
    }

    private static Task<AddCallListResponse> CallOn(TcpListener listener)
    {
        listener.Start();
        return TestClient
            .On($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/rest/1/abc/")
            .AddCallListAsync(TestClient.Request);
    }

    /// <summary>Represents a connection whose request has arrived completely.</summary>
    private static async Task<TcpClient> AcceptRequestAsync(TcpListener listener)
    {
        var connection = await listener.AcceptTcpClientAsync();
        var received = new StringBuilder();
        var buffer = new byte[4096];
        while (!received.ToString().EndsWith('}'))
        {
            var count = await connection.GetStream().ReadAsync(buffer);
            Assert.NotEqual(0, count);
            received.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }

        return connection;
    }

    /// <summary>Waits for a connection until it is canceled, and never reads the body.</summary>
    private sealed class NeverConnectingHandler : HttpMessageHandler
    {
        private readonly TaskCompletionSource started = new();

        public Task Started => started.Task;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            started.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            throw new InvalidOperationException();
        }
    }

    private sealed class NeverEndingStream : MemoryStream
    {
        private readonly TaskCompletionSource started = new();

        public Task Started => started.Task;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            started.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return 0;
        }

        public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            await ReadAsync(buffer.AsMemory(offset, count), cancellationToken);
    }
}
