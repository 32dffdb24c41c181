namespace Bitrix24.Errors;

/// <summary>What the spec says about one error code.</summary>
internal sealed record ErrorCatalogueRow(
    Bitrix24ErrorCode Code,
    string WireCode,
    string[] Aliases,
    ErrorKind Kind,
    CallExecution Execution,
    RetryAdvice Retry,
    string Text);
