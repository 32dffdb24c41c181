using Bitrix24.Errors;

namespace Bitrix24;

/// <summary>
/// The exception that is thrown when there is no readable response: no connection, a timeout, a redirect, or a body that is not the
/// portal's JSON.
/// </summary>
public sealed class Bitrix24TransportException : Bitrix24Exception
{
    /// <summary>Initializes a new instance with a default message.</summary>
    public Bitrix24TransportException()
    {
    }

    /// <summary>Initializes a new instance with a message.</summary>
    /// <param name="message">The message that describes the error, without secrets.</param>
    public Bitrix24TransportException(string? message)
        : base(message)
    {
    }

    /// <summary>Initializes a new instance with a message and an inner exception.</summary>
    /// <param name="message">The message that describes the error, without secrets.</param>
    /// <param name="innerException">The exception that caused this one, without secrets.</param>
    public Bitrix24TransportException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal Bitrix24TransportException(ErrorDetails failure)
        : base(failure)
    {
    }
}
