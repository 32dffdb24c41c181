using Bitrix24.Errors;

namespace Bitrix24;

/// <summary>No readable answer came: no connection, a timeout, a redirect, or something that is not the JSON of the portal.</summary>
public sealed class Bitrix24TransportException : Bitrix24Exception
{
    /// <summary>Makes the exception with a default message.</summary>
    public Bitrix24TransportException()
    {
    }

    /// <summary>Makes the exception with a message.</summary>
    /// <param name="message">What went wrong, without secrets.</param>
    public Bitrix24TransportException(string? message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, without secrets.</param>
    /// <param name="innerException">The cause, without secrets.</param>
    public Bitrix24TransportException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal Bitrix24TransportException(ErrorDetails failure)
        : base(failure)
    {
    }
}
