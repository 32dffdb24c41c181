namespace Bitrix24.CommandLine;

/// <summary>The exception that is thrown if the arguments or settings of the tool are wrong.</summary>
internal sealed class UsageException(string message) : Exception(message);
