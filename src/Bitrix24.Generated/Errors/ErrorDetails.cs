using System.Net;

namespace Bitrix24.Errors;

/// <summary>Represents the data of a failed call that every <see cref="Bitrix24Exception"/> carries.</summary>
internal sealed record ErrorDetails(string Method, CallExecution Execution, string Message)
{
    public int Attempts { get; init; } = 1;

    public HttpStatusCode? StatusCode { get; init; }

    public Bitrix24ErrorCode ErrorCode { get; init; }

    public string? RawErrorCode { get; init; }

    /// <summary>Gets the name of the reason for logs; <see langword="null"/> if the error code is the reason.</summary>
    public string? Reason { get; init; }

    public string? ErrorDescription { get; init; }

    public RetryDisposition Retry { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    public Exception? Cause { get; init; }
}
