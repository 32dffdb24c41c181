using System.Net;

namespace Bitrix24.Testing;

/// <summary>
/// Represents the response of a method that was added with <see cref="SimulatedPortal.AddMethod"/>: a result with its paging, an error, or
/// a response that takes time.
/// </summary>
public sealed record SimulatedResponse
{
    /// <summary>Gets the result, as a value that can be converted to JSON. Not sent with an error.</summary>
    public object? Result { get; init; }

    /// <summary>Gets the total number of rows. Default: <see langword="null"/>, for a response without <c>total</c>.</summary>
    public long? Total { get; init; }

    /// <summary>Gets the offset of the next page. Default: <see langword="null"/>, for a response without <c>next</c>.</summary>
    public long? Next { get; init; }

    /// <summary>Gets how long the portal takes for the call, on its own clock. Default: zero.</summary>
    public TimeSpan Delay { get; init; }

    internal PortalError? PortalError { get; private init; }

    /// <summary>Creates an error of the method. In a batch, only its command fails, and the HTTP status is not sent.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="code">The error code.</param>
    /// <param name="description">The error description.</param>
    /// <returns>The response.</returns>
    public static SimulatedResponse Error(HttpStatusCode status, string code, string description = "") =>
        new() { PortalError = new PortalError((int)status, code, description) };
}
