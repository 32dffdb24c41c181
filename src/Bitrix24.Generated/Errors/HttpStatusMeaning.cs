namespace Bitrix24.Errors;

/// <summary>A refusal that an HTTP status alone proves: the call did not run.</summary>
/// <param name="Kind">The exception type.</param>
/// <param name="Retry">Whether the call may be sent again.</param>
/// <param name="Text">What is wrong.</param>
internal sealed record HttpStatusMeaning(ErrorKind Kind, RetryDisposition Retry, string Text);
