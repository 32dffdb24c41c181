namespace Bitrix24.Errors;

/// <summary>What the spec says about one error code.</summary>
internal sealed record ErrorCatalogRow(
    Bitrix24ErrorCode Code,
    string WireCode,
    string[] Aliases,
    ErrorKind Kind,
    CallExecution Execution,
    RetryDisposition Retry,
    string Text);
