namespace Bitrix24.CommandLine;

/// <summary>The exception that is thrown if a call succeeded but its result could not be written to standard output.</summary>
internal sealed class ResultLostException(string sentence, Exception innerException)
    : Exception($"{sentence} This could not be written to standard output: {innerException.Message}", innerException);
