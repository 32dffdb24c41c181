using Bitrix24.Errors;

namespace Bitrix24;

/// <summary>The portal does not know the caller: the webhook code or access token is wrong, expired or revoked.</summary>
public sealed class Bitrix24AuthenticationException : Bitrix24Exception
{
    /// <summary>Makes the exception with a default message.</summary>
    public Bitrix24AuthenticationException()
    {
    }

    /// <summary>Makes the exception with a message.</summary>
    /// <param name="message">What went wrong, without secrets.</param>
    public Bitrix24AuthenticationException(string? message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, without secrets.</param>
    /// <param name="innerException">The cause, without secrets.</param>
    public Bitrix24AuthenticationException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal Bitrix24AuthenticationException(ErrorDetails failure)
        : base(failure)
    {
    }
}
