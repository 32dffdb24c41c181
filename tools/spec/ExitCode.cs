namespace Bitrix24.Specs;

/// <summary>Contains the exit codes of the tool. <c>b24</c> uses the same values with the same meaning.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Unexpected = 1;

    /// <summary>The arguments are wrong, or a file cannot be read.</summary>
    public const int Usage = 2;

    /// <summary>The document has problems, which are on standard output.</summary>
    public const int Findings = 11;

    public const int Canceled = 130;

    public static int Of(Exception exception) => exception switch
    {
        InvalidDataException or ArgumentException => Usage,
        OperationCanceledException => Canceled,
        _ => Unexpected,
    };
}
