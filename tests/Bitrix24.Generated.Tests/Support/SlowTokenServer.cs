namespace Bitrix24.Tests;

/// <summary>Connects a client to a simulated portal whose authorization server issues tokens at once but responds late.</summary>
internal sealed class SlowTokenServer(Uri tokenEndpoint)
    : DelegatingHandler(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false })
{
    private readonly TaskCompletionSource issued = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource answering = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gets a task that completes when the server has issued tokens.</summary>
    public Task Issued => issued.Task;

    /// <summary>Lets the server respond.</summary>
    public void Answer() => answering.TrySetResult();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (request.RequestUri == tokenEndpoint)
        {
            issued.TrySetResult();
            await answering.Task.WaitAsync(cancellationToken);
        }

        return response;
    }
}
