namespace Bitrix24.Rest3;

/// <content>How a client of REST 3.0 is made: it calls through another client, with its credentials, limits and retries.</content>
public sealed partial class Bitrix24Rest3Client
{
    private readonly Bitrix24Client portal;

    /// <summary>Makes a client for the methods of REST 3.0.</summary>
    /// <param name="portal">The client of the same portal that it calls through.</param>
    /// <exception cref="ArgumentNullException"><paramref name="portal"/> is <see langword="null"/>.</exception>
    public Bitrix24Rest3Client(Bitrix24Client portal)
    {
        ArgumentNullException.ThrowIfNull(portal);
        this.portal = portal;
    }

    private Task<TResponse> SendAsync<TResponse>(Operation operation, IRequest request, CancellationToken cancellationToken)
        where TResponse : class, IResponse, new() =>
        portal.SendAsync<TResponse>(operation, request, cancellationToken);
}
