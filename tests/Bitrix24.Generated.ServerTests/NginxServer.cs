using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace Bitrix24.Tests;

/// <summary>Represents a real nginx on loopback, with TLS and HTTP/2, as a proxy of another server.</summary>
internal sealed class NginxServer : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Process process;

    /// <param name="upstream">The address of the other server.</param>
    /// <param name="http">The directives of the block <c>http</c>.</param>
    /// <param name="location">The directives of the block <c>location</c>.</param>
    public NginxServer(Uri upstream, string http = "", string location = "")
    {
        var port = FreePort();
        Url = new Uri($"https://127.0.0.1:{port}/");
        File.WriteAllText(Path.Combine(folder.Path, "certificate.pem"), Http2Server.Certificate.ExportCertificatePem());
        File.WriteAllText(
            Path.Combine(folder.Path, "key.pem"),
            System
                .Security.Cryptography.X509Certificates.RSACertificateExtensions.GetRSAPrivateKey(Http2Server.Certificate)!
                .ExportPkcs8PrivateKeyPem()
        );
        File.WriteAllText(
            Path.Combine(folder.Path, "nginx.conf"),
            $$"""
            daemon off;
            pid {{folder.Path}}/nginx.pid;
            error_log {{folder.Path}}/error.log;
            events { worker_connections 1024; }
            http {
                access_log off;
                client_body_temp_path {{folder.Path}}/body;
                proxy_temp_path {{folder.Path}}/proxy;
                fastcgi_temp_path {{folder.Path}}/fastcgi;
                uwsgi_temp_path {{folder.Path}}/uwsgi;
                scgi_temp_path {{folder.Path}}/scgi;
                {{http}}
                server {
                    listen 127.0.0.1:{{port}} ssl http2;
                    ssl_certificate certificate.pem;
                    ssl_certificate_key key.pem;
                    location / {
                        proxy_pass {{upstream}};
                        {{location}}
                    }
                }
            }
            """
        );
        process = Start("-p", folder.Path, "-c", "nginx.conf", "-e", Path.Combine(folder.Path, "error.log"));
        WaitUntilItListens(port);
    }

    public Uri Url { get; }

    /// <summary>Starts new workers and lets the old ones exit.</summary>
    public void Reload()
    {
        using var reload = Start("-p", folder.Path, "-c", "nginx.conf", "-e", Path.Combine(folder.Path, "error.log"), "-s", "reload");
        reload.WaitForExit();
    }

    /// <summary>Returns services with a client that calls the server through nginx.</summary>
    public ServiceProvider Services(string webhookUrl, Action<Bitrix24ClientOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services
            .AddBitrix24Client(options =>
            {
                options.Credentials = Bitrix24Credentials.Webhook(new Uri(Url, new Uri(webhookUrl).AbsolutePath).ToString());
                options.RateLimit = Bitrix24RateLimit.Unlimited;
                configure?.Invoke(options);
            })
            .ConfigurePrimaryHttpMessageHandler((handler, _) => Http2Server.Trust(handler));
        return services.BuildServiceProvider();
    }

    public void Dispose()
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
        folder.Dispose();
    }

    private static Process Start(params string[] arguments) =>
        Process.Start(new ProcessStartInfo("nginx", arguments) { UseShellExecute = false })!;

    private void WaitUntilItListens(int port)
    {
        while (!process.HasExited)
        {
            try
            {
                using var probe = new TcpClient();
                probe.Connect(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException)
            {
                Thread.Yield();
            }
        }

        throw new InvalidOperationException(File.ReadAllText(Path.Combine(folder.Path, "error.log")));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
