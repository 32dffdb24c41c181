namespace Bitrix24.Errors;

/// <summary>The exception type that an error code becomes.</summary>
internal enum ErrorKind
{
    InvalidRequest,
    AccessDenied,
    Authentication,
    RateLimit,
    Server,
}
