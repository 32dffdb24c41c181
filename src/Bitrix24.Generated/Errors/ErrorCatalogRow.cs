namespace Bitrix24.Errors;

/// <summary>Represents an error code of the spec.</summary>
internal sealed record ErrorCatalogRow(
    Bitrix24ErrorCode Code,
    string WireCode,
    string[] Aliases,
    ErrorKind Kind,
    CallExecution Execution,
    RetryDisposition Retry,
    string Text);
