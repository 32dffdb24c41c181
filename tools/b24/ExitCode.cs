namespace Bitrix24.CommandLine;

/// <summary>Contains the exit codes of the tool.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Unexpected = 1;

    /// <summary>The arguments or settings are wrong. Nothing was sent.</summary>
    public const int Usage = 2;

    public const int InvalidRequest = 3;
    public const int AccessDenied = 4;
    public const int Authentication = 5;
    public const int RateLimit = 6;
    public const int Server = 7;
    public const int Transport = 8;

    /// <summary>The call succeeded, but its result could not be written to standard output. It is on standard error.</summary>
    public const int ResultLost = 9;

    /// <summary>The import ended. Its report says which rows were not created or are unknown.</summary>
    public const int Incomplete = 10;

    public const int Canceled = 130;

    public static int Of(Exception exception) => exception switch
    {
        Bitrix24InvalidRequestException => InvalidRequest,
        Bitrix24AccessDeniedException => AccessDenied,
        Bitrix24AuthenticationException => Authentication,
        Bitrix24RateLimitException => RateLimit,
        Bitrix24ServerException => Server,
        Bitrix24TransportException => Transport,
        UsageException or ArgumentException => Usage,
        ResultLostException => ResultLost,
        OperationCanceledException or { InnerException: OperationCanceledException } => Canceled,
        ImportIncompleteException => Incomplete,
        _ => Unexpected,
    };
}
