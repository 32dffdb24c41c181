namespace Bitrix24.Specs;

/// <summary>The exit codes of the tool. The values that <c>b24</c> also has mean the same there.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Unexpected = 1;

    /// <summary>The arguments are wrong, or a file cannot be read.</summary>
    public const int Usage = 2;

    /// <summary>The document has faults, which are on standard output.</summary>
    public const int Findings = 11;

    public const int Canceled = 130;

    public static int Of(Exception exception) => exception switch
    {
        InvalidDataException or ArgumentException => Usage,
        OperationCanceledException => Canceled,
        _ => Unexpected,
    };
}
