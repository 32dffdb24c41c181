using Bitrix24.Errors;

namespace Bitrix24;

/// <summary>
/// The exception that is thrown when the portal recognizes the caller but denies the call because of rights, scope, plan or settings.
/// </summary>
public sealed class Bitrix24AccessDeniedException : Bitrix24Exception
{
    /// <summary>Initializes a new instance with a default message.</summary>
    public Bitrix24AccessDeniedException()
    {
    }

    /// <summary>Initializes a new instance with a message.</summary>
    /// <param name="message">The message that describes the error, without secrets.</param>
    public Bitrix24AccessDeniedException(string? message)
        : base(message)
    {
    }

    /// <summary>Initializes a new instance with a message and an inner exception.</summary>
    /// <param name="message">The message that describes the error, without secrets.</param>
    /// <param name="innerException">The exception that caused this one, without secrets.</param>
    public Bitrix24AccessDeniedException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal Bitrix24AccessDeniedException(ErrorDetails failure)
        : base(failure)
    {
    }
}
