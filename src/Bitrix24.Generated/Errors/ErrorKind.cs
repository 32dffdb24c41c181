namespace Bitrix24.Errors;

/// <summary>Specifies the exception type of an error code.</summary>
internal enum ErrorKind
{
    InvalidRequest,
    AccessDenied,
    Authentication,
    RateLimit,
    Server,
}
