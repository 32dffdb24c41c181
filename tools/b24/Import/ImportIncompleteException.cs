namespace Bitrix24.CommandLine;

/// <summary>An import ended, and not every row is a call list.</summary>
internal sealed class ImportIncompleteException(string message, Exception? innerException = null) : Exception(message, innerException);
