using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.DependencyInjection;

namespace Bitrix24.Tests;

/// <summary>
/// Represents a web server on loopback that can refuse HTTP/2 streams like real servers. It also supports HTTP/1.1.
/// It responds to every call with a new id.
/// </summary>
internal sealed class Http2Server : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly Func<Received, Reaction> react;
    private int received;
    private int connections;
    private int created;
    private int unanswered;

    public Http2Server(Func<Received, Reaction> react)
    {
        this.react = react;
        listener.Start();
        Url = new Uri($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        _ = AcceptAsync();
    }

    /// <summary>Gets a certificate for servers on loopback.</summary>
    public static X509Certificate2 Certificate { get; } = NewCertificate();

    /// <summary>The reaction of the server to a request.</summary>
    public enum Reaction
    {
        Answer,
        RefuseStream,
        RequireHttp11,
        ResetWithInternalError,
        GoAwayBelow,
        GoAwayAndClose,
        Silence,
        Misdirected,
    }

    public Uri Url { get; }

    public int Created => Volatile.Read(ref created);

    /// <summary>Gets the number of requests so far, including refused ones.</summary>
    public int Requests => Volatile.Read(ref received);

    public int Connections => Volatile.Read(ref connections);

    /// <summary>Gets the number of requests without a response. A test can advance its clock when this number increases.</summary>
    public int Unanswered => Volatile.Read(ref unanswered);

    /// <summary>Returns services with a client of this server and a handler that trusts its certificate.</summary>
    public ServiceProvider Services(Action<Bitrix24ClientOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services
            .AddBitrix24Client(options =>
            {
                options.Credentials = Bitrix24Credentials.Webhook($"{Url}rest/1/{TestClient.WebhookCode}/");
                options.RateLimit = Bitrix24RateLimit.Unlimited;
                options.Retry.MaxAttempts = 1;
                configure?.Invoke(options);
            })
            .ConfigurePrimaryHttpMessageHandler((handler, _) => Trust(handler));
        return services.BuildServiceProvider();
    }

    /// <summary>Makes connections trust the certificate.</summary>
    public static void Trust(HttpMessageHandler handler) =>
        ((SocketsHttpHandler)handler).SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            certificate?.GetCertHashString(HashAlgorithmName.SHA256) == Certificate.GetCertHashString(HashAlgorithmName.SHA256);

    /// <summary>Accepts no more connections. Open ones stay open.</summary>
    public void StopListening() => listener.Stop();

    public void Dispose()
    {
        stopping.Cancel();
        listener.Stop();
    }

    private static X509Certificate2 NewCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(
            new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero),
            new DateTimeOffset(2120, 1, 1, 0, 0, 0, TimeSpan.Zero)
        );
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), password: null);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await listener.AcceptTcpClientAsync(stopping.Token));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException) { }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var connected = client;
        try
        {
            await using var stream = new SslStream(client.GetStream());
            await stream.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificate = Certificate,
                    ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
                },
                stopping.Token
            );
            var connection = Interlocked.Increment(ref connections);
            await (
                stream.NegotiatedApplicationProtocol == SslApplicationProtocol.Http2
                    ? ServeHttp2Async(stream, connection)
                    : ServeHttp11Async(stream, connection)
            );
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException) { }
    }

    private async Task ServeHttp2Async(Stream stream, int connection)
    {
        await stream.ReadExactlyAsync(new byte["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".Length], stopping.Token);
        await WriteFrameAsync(stream, type: 4, flags: 0, streamId: 0, []);
        var header = new byte[9];
        while (true)
        {
            await stream.ReadExactlyAsync(header, stopping.Token);
            var payload = new byte[(header[0] << 16) | (header[1] << 8) | header[2]];
            await stream.ReadExactlyAsync(payload, stopping.Token);
            var (type, flags, streamId) = (header[3], header[4], BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5)) & int.MaxValue);
            switch (type)
            {
                case 4 when (flags & 1) == 0:
                    await WriteFrameAsync(stream, type: 4, flags: 1, streamId: 0, []);
                    break;
                case 6 when (flags & 1) == 0:
                    await WriteFrameAsync(stream, type: 6, flags: 1, streamId: 0, payload);
                    break;
                case 0 when (flags & 1) == 1:
                    if (!await ReactAsync(stream, connection, streamId))
                    {
                        return;
                    }

                    break;
            }
        }
    }

    /// <returns>Whether the connection stays open.</returns>
    private async Task<bool> ReactAsync(Stream stream, int connection, int streamId)
    {
        switch (react(new Received(Interlocked.Increment(ref received), connection, IsHttp2: true)))
        {
            case Reaction.RefuseStream:
                await ResetAsync(stream, streamId, error: 7);
                break;
            case Reaction.RequireHttp11:
                await ResetAsync(stream, streamId, error: 13);
                break;
            case Reaction.ResetWithInternalError:
                await ResetAsync(stream, streamId, error: 2);
                break;
            case Reaction.GoAwayBelow:
                var lastStream = new byte[8];
                BinaryPrimitives.WriteInt32BigEndian(lastStream, streamId - 2 < 0 ? 0 : streamId - 2);
                await WriteFrameAsync(stream, type: 7, flags: 0, streamId: 0, lastStream);
                return false;
            case Reaction.GoAwayAndClose:
                // It processes the stream, requires HTTP/1.1 from now on, and closes before the response.
                var processed = new byte[8];
                BinaryPrimitives.WriteInt32BigEndian(processed, streamId);
                processed[7] = 13;
                await WriteFrameAsync(stream, type: 7, flags: 0, streamId: 0, processed);
                return false;
            case Reaction.Silence:
                Interlocked.Increment(ref unanswered);
                break;
            case Reaction.Misdirected:
                // :status 421, which is not in the static table.
                await WriteFrameAsync(stream, type: 1, flags: 5, streamId, [0x08, 0x03, .. "421"u8]);
                break;
            default:
                var body = NextAnswer();

                // :status 200 and content-type of the static table.
                await WriteFrameAsync(stream, type: 1, flags: 4, streamId, [0x88, 0x0f, 0x10, 0x10, .. "application/json"u8]);
                await WriteFrameAsync(stream, type: 0, flags: 1, streamId, body);
                break;
        }

        return true;
    }

    private async Task ServeHttp11Async(Stream stream, int connection)
    {
        using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
        while (await reader.ReadLineAsync(stopping.Token) is { Length: > 0 })
        {
            var length = 0;
            while (await reader.ReadLineAsync(stopping.Token) is { Length: > 0 } line)
            {
                length = line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase)
                    ? int.Parse(line.AsSpan(16), System.Globalization.CultureInfo.InvariantCulture)
                    : length;
            }

            await reader.ReadBlockAsync(new char[length], stopping.Token);
            if (react(new Received(Interlocked.Increment(ref received), connection, IsHttp2: false)) == Reaction.Silence)
            {
                Interlocked.Increment(ref unanswered);
                continue;
            }

            var body = NextAnswer();
            await stream.WriteAsync(
                Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n"),
                stopping.Token
            );
            await stream.WriteAsync(body, stopping.Token);
        }
    }

    private byte[] NextAnswer() =>
        Encoding.UTF8.GetBytes(FormattableString.Invariant($"{{\"result\":{Interlocked.Increment(ref created)}}}"));

    private Task ResetAsync(Stream stream, int streamId, int error)
    {
        var code = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(code, error);
        return WriteFrameAsync(stream, type: 3, flags: 0, streamId, code);
    }

    private async Task WriteFrameAsync(Stream stream, byte type, byte flags, int streamId, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        (frame[0], frame[1], frame[2], frame[3], frame[4]) = (
            (byte)(payload.Length >> 16),
            (byte)(payload.Length >> 8),
            (byte)payload.Length,
            type,
            flags
        );
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), streamId);
        payload.CopyTo(frame, 9);
        await stream.WriteAsync(frame, stopping.Token);
        await stream.FlushAsync(stopping.Token);
    }

    /// <summary>Represents a received request.</summary>
    /// <param name="Number">The number of the request, from 1.</param>
    /// <param name="Connection">The number of its connection, from 1.</param>
    /// <param name="IsHttp2">Whether it was sent over HTTP/2.</param>
    internal readonly record struct Received(int Number, int Connection, bool IsHttp2);
}
