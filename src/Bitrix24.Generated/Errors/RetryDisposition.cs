namespace Bitrix24.Errors;

/// <summary>Whether a call that failed with an error code may be sent again.</summary>
internal enum RetryDisposition
{
    Never,
    AfterWaiting,
    AfterRefresh,
    IfIdempotent,
}
