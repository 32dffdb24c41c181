using System.Net;
using Bitrix24.Errors;

namespace Bitrix24;

/// <summary>The base class of the exceptions that are thrown when a call has no result. The derived type states why.</summary>
/// <remarks>The message and the properties never contain a webhook code, a token, a URL or a body.</remarks>
public abstract class Bitrix24Exception : Exception
{
    private CallExecution execution;
    private string? advice;

    private protected Bitrix24Exception()
    {
    }

    private protected Bitrix24Exception(string? message)
        : base(message)
    {
    }

    private protected Bitrix24Exception(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    private protected Bitrix24Exception(ErrorDetails failure)
        : base(failure.Message, failure.Cause)
    {
        Method = failure.Method;
        StatusCode = failure.StatusCode;
        ErrorCode = failure.ErrorCode;
        RawErrorCode = failure.RawErrorCode;
        ErrorDescription = failure.ErrorDescription;
        Execution = failure.Execution;
        Attempts = failure.Attempts;
        Reason = failure.Reason;
        Retry = failure.Retry;
        RetryAfter = failure.RetryAfter;
    }

    /// <summary>Gets the name of the method, for example <c>crm.calllist.add</c>.</summary>
    public string Method { get; init; } = string.Empty;

    /// <summary>
    /// Gets the HTTP status of the response; <see langword="null"/> if there is none. Decide by <see cref="ErrorCode"/>, because portals
    /// send one status with errors of different kinds.
    /// </summary>
    public HttpStatusCode? StatusCode { get; init; }

    /// <summary>
    /// Gets the error code; <see cref="Bitrix24ErrorCode.Unknown"/> if the portal sent none or one that is not in the catalog.
    /// </summary>
    public Bitrix24ErrorCode ErrorCode { get; init; }

    /// <summary>Gets the error code as the portal sent it; <see langword="null"/> if it sent none.</summary>
    public string? RawErrorCode { get; init; }

    /// <summary>Gets the portal's description of the error; <see langword="null"/> if it sent none.</summary>
    public string? ErrorDescription { get; init; }

    /// <summary>Gets whether the portal executed the call.</summary>
    public CallExecution Execution
    {
        get => execution;
        init => execution = value;
    }

    /// <inheritdoc/>
    public override string Message => base.Message + advice;

    /// <summary>Gets the number of attempts, including the first one; 0 if the call failed before the first attempt.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>
    /// Gets the time to wait before the next call, as the portal, a proxy or the client's rate limiter states it; <see langword="null"/> if
    /// it is unknown.
    /// </summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Notes that an earlier attempt may have been executed, although the attempt that failed was not.</summary>
    internal void NoteEarlierAttemptMayHaveExecuted()
    {
        if (execution == CallExecution.NotExecuted)
        {
            execution = CallExecution.Unknown;
            AddAdvice("It is unknown whether the portal executed an earlier attempt.");
        }
    }

    /// <summary>Adds a sentence to the message.</summary>
    internal void AddAdvice(string sentence) => advice += " " + sentence;

    /// <summary>Gets the name of the reason for logs; <see langword="null"/> if the error code is the reason.</summary>
    internal string? Reason { get; }

    /// <summary>Gets whether the call can be retried.</summary>
    internal RetryDisposition Retry { get; }
}
