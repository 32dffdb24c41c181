namespace Bitrix24.CommandLine;

/// <summary>The tool was called in a way that cannot work; the message says what to do.</summary>
internal sealed class UsageException(string message) : Exception(message);
