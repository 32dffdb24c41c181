namespace Bitrix24.CommandLine;

/// <summary>What the tool returns to the shell.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Unexpected = 1;

    /// <summary>Wrong arguments or settings; nothing was sent.</summary>
    public const int Usage = 2;

    public const int InvalidRequest = 3;
    public const int AccessDenied = 4;
    public const int Authentication = 5;
    public const int RateLimit = 6;
    public const int Server = 7;
    public const int Transport = 8;

    /// <summary>The call was done; its result is on standard error.</summary>
    public const int ResultLost = 9;

    /// <summary>The import ended; its report says which rows were not created or are unknown.</summary>
    public const int Incomplete = 10;

    public const int Cancelled = 130;

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
        OperationCanceledException or { InnerException: OperationCanceledException } => Cancelled,
        ImportIncompleteException => Incomplete,
        _ => Unexpected,
    };
}
