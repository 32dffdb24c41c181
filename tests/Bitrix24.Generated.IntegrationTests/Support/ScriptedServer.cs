using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bitrix24.Tests;

/// <summary>Represents a server on loopback that sends scripted responses, one after another.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly HttpListener listener;
    private readonly Queue<(int Status, string Body)?> answers;

    /// <param name="answers">A response for each request, or <see langword="null"/> to break the connection.</param>
    public ScriptedServer(params (int Status, string Body)?[] answers)
    {
        this.answers = new(answers);
        (listener, Url) = Start();
        _ = ServeAsync();
    }

    public Uri Url { get; }

    /// <summary>Gets the requests so far, in order.</summary>
    public ConcurrentQueue<(string Path, string? IdempotencyKey, string Body)> Requests { get; } = new();

    public void Dispose() => listener.Close();

    private static (HttpListener Listener, Uri Url) Start()
    {
        while (true)
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            var url = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
            probe.Stop();
            var started = new HttpListener { Prefixes = { url.ToString() } };
            try
            {
                started.Start();
                return (started, url);
            }
            catch (HttpListenerException)
            {
                // Another process has taken the port in the meantime.
            }
        }
    }

    private async Task ServeAsync()
    {
        while (answers.TryDequeue(out var answer))
        {
            var context = await listener.GetContextAsync();
            using var reader = new StreamReader(context.Request.InputStream);
            Requests.Enqueue(
                (context.Request.Url!.AbsolutePath, context.Request.Headers["Idempotency-Key"], await reader.ReadToEndAsync())
            );
            if (answer is not { } given)
            {
                context.Response.Abort();
                continue;
            }

            context.Response.StatusCode = given.Status;
            context.Response.ContentType = "application/json";
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(given.Body));
            context.Response.Close();
        }
    }
}
