using Bitrix24.Errors;

namespace Bitrix24.Authentication;

/// <summary>Represents the reason why there is no access token. Every call that waited for one fails with it.</summary>
internal sealed class TokenError(string text)
{
    /// <summary>Gets the failure of the authorization server; <see langword="null"/> when something else failed.</summary>
    public Bitrix24Exception? Refusal { get; init; }

    public Bitrix24ErrorCode ErrorCode { get; init; }

    public Exception? Cause { get; init; }

    /// <summary>Gets the reason for logs. It contains no text of a server.</summary>
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
