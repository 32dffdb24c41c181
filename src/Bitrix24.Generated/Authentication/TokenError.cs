using Bitrix24.Errors;

namespace Bitrix24.Authentication;

/// <summary>Why there is no access token. Each call that waited for it is told.</summary>
internal sealed class TokenError(string text)
{
    /// <summary>Gets how the authorization server failed; <see langword="null"/> when something else did.</summary>
    public Bitrix24Exception? Refusal { get; init; }

    public Bitrix24ErrorCode ErrorCode { get; init; }

    public Exception? Cause { get; init; }

    /// <summary>Gets what a log says of it: nothing that a server sent.</summary>
    public string Reason => Refusal is null ? text : FailureReason.Of(Refusal);

    internal ErrorDetails ToFailure(string method, int attempts) => new(method, CallExecution.NotExecuted, $"{method} failed: {text}.")
    {
        Attempts = attempts,
        StatusCode = Refusal?.StatusCode,
        ErrorCode = Refusal?.ErrorCode ?? ErrorCode,
        RawErrorCode = Refusal?.RawErrorCode,
        ErrorDescription = Refusal?.ErrorDescription,
        Reason = Refusal is null ? text : "TokenNotRenewed, " + FailureReason.NameOf(Refusal),
        Cause = Cause,
    };
}
