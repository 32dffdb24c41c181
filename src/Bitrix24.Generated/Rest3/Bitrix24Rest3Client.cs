using Bitrix24.Operations;

namespace Bitrix24.Rest3;

/// <content>The creation of clients of REST 3.0, which use the credentials, limits and retries of another client.</content>
public sealed partial class Bitrix24Rest3Client
{
    private readonly Bitrix24Client portal;

    /// <summary>Initializes a new instance for the methods of REST 3.0.</summary>
    /// <param name="portal">The client of the portal. Must be a <see cref="Bitrix24Client"/>, as created by this package.</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="portal"/> is <see langword="null"/> or not a <see cref="Bitrix24Client"/>.
    /// </exception>
    public Bitrix24Rest3Client(IBitrix24Client portal)
    {
        ArgumentNullException.ThrowIfNull(portal);
        this.portal = portal as Bitrix24Client
            ?? throw new ArgumentException("The client is not a Bitrix24Client. Pass a client that this package created.", nameof(portal));
    }

    private Task<TResponse> SendAsync<TResponse>(OperationDescriptor operation, IRequest request, CancellationToken cancellationToken)
        where TResponse : class, IResponse, new() =>
        portal.SendAsync<TResponse>(operation, request, cancellationToken);
}
