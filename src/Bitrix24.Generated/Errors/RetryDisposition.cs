namespace Bitrix24.Errors;

/// <summary>Specifies whether a failed call can be retried.</summary>
internal enum RetryDisposition
{
    Never,
    AfterWaiting,
    AfterRefresh,
    IfIdempotent,
}
