using System.Net;
using System.Net.Sockets;

namespace Bitrix24.Tests;

/// <summary>Reserves a port on loopback that refuses connections.</summary>
internal sealed class ClosedPort : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public ClosedPort()
    {
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Url = new Uri($"http://127.0.0.1:{((IPEndPoint)socket.LocalEndPoint!).Port}/");
    }

    public Uri Url { get; }

    public string WebhookUrl => $"{Url}rest/1/abc/";

    public void Dispose() => socket.Dispose();
}
