using Bitrix24.Errors;

namespace Bitrix24;

/// <summary>
/// The exception that is thrown when the webhook code or access token is wrong, expired or revoked.
/// </summary>
public sealed class Bitrix24AuthenticationException : Bitrix24Exception
{
    /// <summary>Initializes a new instance with a default message.</summary>
    public Bitrix24AuthenticationException()
    {
    }

    /// <summary>Initializes a new instance with a message.</summary>
    /// <param name="message">The message that describes the error, without secrets.</param>
    public Bitrix24AuthenticationException(string? message)
        : base(message)
    {
    }

    /// <summary>Initializes a new instance with a message and an inner exception.</summary>
    /// <param name="message">The message that describes the error, without secrets.</param>
    /// <param name="innerException">The exception that caused this one, without secrets.</param>
    public Bitrix24AuthenticationException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal Bitrix24AuthenticationException(ErrorDetails failure)
        : base(failure)
    {
    }
}
