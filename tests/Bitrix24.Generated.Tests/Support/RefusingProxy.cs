using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bitrix24.Tests;

/// <summary>Represents a proxy on loopback that always asks for authentication and never connects.</summary>
internal sealed class RefusingProxy : IDisposable
{
    private const string Refusal =
        "HTTP/1.1 407 Refused\r\nProxy-Authenticate: Basic realm=\"test\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);

    public RefusingProxy()
    {
        listener.Start();
        _ = ServeAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Gets the headers of the requests so far.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public void Dispose() => listener.Dispose();

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                using var connection = await listener.AcceptTcpClientAsync();
                using var reader = new StreamReader(connection.GetStream(), Encoding.ASCII);
                var head = new StringBuilder();
                while (await reader.ReadLineAsync() is { Length: > 0 } line)
                {
                    head.Append(line).Append('\n');
                }

                Requests.Enqueue(head.ToString());
                await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(Refusal));
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }
            catch (IOException)
            {
                // That client has disconnected. Others may follow.
            }
        }
    }
}
