using Bitrix24.Errors;

namespace Bitrix24;

/// <summary>The portal failed, is blocked or was deleted.</summary>
public sealed class Bitrix24ServerException : Bitrix24Exception
{
    /// <summary>Makes the exception with a default message.</summary>
    public Bitrix24ServerException()
    {
    }

    /// <summary>Makes the exception with a message.</summary>
    /// <param name="message">What went wrong, without secrets.</param>
    public Bitrix24ServerException(string? message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with a message and its cause.</summary>
    /// <param name="message">What went wrong, without secrets.</param>
    /// <param name="innerException">The cause, without secrets.</param>
    public Bitrix24ServerException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal Bitrix24ServerException(ErrorDetails failure)
        : base(failure)
    {
    }
}
