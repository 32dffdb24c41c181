using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bitrix24.Benchmarks;

/// <summary>Sends the same response to every request. It uses a blocking thread per connection, which is fastest for few connections.</summary>
internal static class LoopbackServer
{
    internal const string Command = "serve";

    internal const string Answer =
        """{"result":11,"time":{"start":1742810397.468135,"finish":1742810397.937395,"duration":0.46926,"processing":0.17093,"date_start":"2025-03-24T12:59:57+03:00","date_finish":"2025-03-24T12:59:57+03:00","operating_reset_at":1742810997,"operating":0.17091}}""";

    private static readonly byte[] Response = Encoding.ASCII.GetBytes(
        string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: {Answer.Length}\r\n\r\n{Answer}"
        )
    );

    internal static int Run()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Console.WriteLine(((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture));
        while (true)
        {
            var connection = listener.AcceptSocket();
            connection.NoDelay = true;
            new Thread(() => Serve(connection)) { IsBackground = true }.Start();
        }
    }

    private static void Serve(Socket connection)
    {
        using (connection)
        {
            var buffer = new byte[128 * 1024];
            var filled = 0;
            while (true)
            {
                int end;
                while ((end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8)) < 0)
                {
                    var count = Receive(connection, buffer.AsSpan(filled));
                    if (count == 0)
                    {
                        return;
                    }

                    filled += count;
                }

                var missing = LengthOf(buffer.AsSpan(0, end)) - (filled - end - 4);
                while (missing > 0)
                {
                    var count = Receive(connection, buffer);
                    if (count == 0)
                    {
                        return;
                    }

                    missing -= count;
                }

                filled = 0;
                connection.Send(Response);
            }
        }
    }

    private static int Receive(Socket connection, Span<byte> buffer)
    {
        try
        {
            return connection.Receive(buffer);
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    private static int LengthOf(ReadOnlySpan<byte> head)
    {
        var name = "Content-Length: "u8;
        var at = head.IndexOf(name);
        if (at < 0)
        {
            throw new InvalidOperationException("The request says no length.");
        }

        var digits = head[(at + name.Length)..];
        var end = digits.IndexOf((byte)'\r');
        return int.Parse(end < 0 ? digits : digits[..end], CultureInfo.InvariantCulture);
    }
}
