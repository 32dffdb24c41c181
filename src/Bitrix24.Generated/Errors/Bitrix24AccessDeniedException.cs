using Bitrix24.Errors;

namespace Bitrix24;

/// <summary>The portal knows the caller, who may not do this: rights, scope, plan or the administrator's settings are in the way.</summary>
public sealed class Bitrix24AccessDeniedException : Bitrix24Exception
{
    /// <summary>Makes the exception with a default message.</summary>
    public Bitrix24AccessDeniedException()
    {
    }

    /// <summary>Makes the exception with a message.</summary>
    /// <param name="message">What went wrong, without secrets.</param>
    public Bitrix24AccessDeniedException(string? message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, without secrets.</param>
    /// <param name="innerException">The cause, without secrets.</param>
    public Bitrix24AccessDeniedException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal Bitrix24AccessDeniedException(ErrorDetails failure)
        : base(failure)
    {
    }
}
