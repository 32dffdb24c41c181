namespace Bitrix24.Errors;

/// <summary>Represents a rejection that the HTTP status proves: the portal did not execute the call.</summary>
/// <param name="Kind">The exception type.</param>
/// <param name="Retry">Whether the call can be retried.</param>
/// <param name="Text">The description of the error.</param>
internal sealed record HttpStatusMeaning(ErrorKind Kind, RetryDisposition Retry, string Text);
