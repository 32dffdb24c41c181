using Bitrix24.Errors;

namespace Bitrix24;

/// <summary>The portal refused the content of the request: a wrong type, id, form or method.</summary>
public sealed class Bitrix24InvalidRequestException : Bitrix24Exception
{
    /// <summary>Makes the exception with a default message.</summary>
    public Bitrix24InvalidRequestException()
    {
    }

    /// <summary>Makes the exception with a message.</summary>
    /// <param name="message">What went wrong, without secrets.</param>
    public Bitrix24InvalidRequestException(string? message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, without secrets.</param>
    /// <param name="innerException">The cause, without secrets.</param>
    public Bitrix24InvalidRequestException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal Bitrix24InvalidRequestException(ErrorDetails failure)
        : base(failure)
    {
    }
}
