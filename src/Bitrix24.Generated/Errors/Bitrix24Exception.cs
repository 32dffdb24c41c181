using System.Net;
using Bitrix24.Errors;

namespace Bitrix24;

/// <summary>
/// A call did not give a result. The types derived from this one say why; this type itself is never thrown.
/// </summary>
/// <remarks>Neither the message nor any property carries a webhook code, a token, a URL or a body.</remarks>
public abstract class Bitrix24Exception : Exception
{
    private CallExecution execution;
    private string? addition;

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
        Delay = failure.RetryAfter;
    }

    /// <summary>Name of the method on the wire, for example <c>crm.calllist.add</c>.</summary>
    public string Method { get; init; } = string.Empty;

    /// <summary>HTTP status of the answer; <see langword="null"/> when none came. The error code decides, not the status.</summary>
    public HttpStatusCode? StatusCode { get; init; }

    /// <summary>The error code; <see cref="Bitrix24ErrorCode.Unknown"/> when none came or it is not in the catalog.</summary>
    public Bitrix24ErrorCode ErrorCode { get; init; }

    /// <summary>The error code as the portal sent it; <see langword="null"/> when none came.</summary>
    public string? RawErrorCode { get; init; }

    /// <summary>What went wrong in the portal's words; <see langword="null"/> when it did not say.</summary>
    public string? ErrorDescription { get; init; }

    /// <summary>Whether the portal ran the call.</summary>
    public CallExecution Execution
    {
        get => execution;
        init => execution = value;
    }

    /// <inheritdoc/>
    public override string Message => base.Message + addition;

    /// <summary>How often the call was tried, the first time included; 0 when something kept it from being tried at all.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>The attempt that this says something of did not run, but an earlier one may have.</summary>
    internal void EarlierAttemptMayHaveRun()
    {
        if (execution == CallExecution.NotExecuted)
        {
            execution = CallExecution.Unknown;
            AddAdvice("It is not known whether an earlier attempt ran.");
        }
    }

    /// <summary>Adds a sentence to the message.</summary>
    internal void AddAdvice(string sentence) => addition += " " + sentence;

    /// <summary>Gets the name of the reason for a log; <see langword="null"/> when it is the error code.</summary>
    internal string? Reason { get; }

    /// <summary>Whether the call may be sent again; decided where the answer was read.</summary>
    internal RetryDisposition Retry { get; }

    /// <summary>How long the portal, or a proxy before it, wants to be left alone.</summary>
    internal TimeSpan? Delay { get; }
}
