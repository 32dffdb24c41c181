using Bitrix24.Operations;

namespace Bitrix24.Rest3;

/// <content>How a client of REST 3.0 is made: it calls through another client, with its credentials, limits and retries.</content>
public sealed partial class Bitrix24Rest3Client
{
    private readonly Bitrix24Client portal;

    /// <summary>Makes a client for the methods of REST 3.0.</summary>
    /// <param name="portal">The client of the same portal that it calls through: a <see cref="Bitrix24Client"/>, such as dependency injection and <see cref="IBitrix24ClientFactory"/> give.</param>
    /// <exception cref="ArgumentException"><paramref name="portal"/> is <see langword="null"/>, or something else than a <see cref="Bitrix24Client"/>.</exception>
    public Bitrix24Rest3Client(IBitrix24Client portal)
    {
        ArgumentNullException.ThrowIfNull(portal);
        this.portal = portal as Bitrix24Client ?? throw new ArgumentException("Calls go through a Bitrix24Client; this is something else.", nameof(portal));
    }

    private Task<TResponse> SendAsync<TResponse>(OperationDescriptor operation, IRequest request, CancellationToken cancellationToken)
        where TResponse : class, IResponse, new() =>
        portal.SendAsync<TResponse>(operation, request, cancellationToken);
}
