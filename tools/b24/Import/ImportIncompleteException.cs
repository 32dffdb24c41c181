namespace Bitrix24.CommandLine;

/// <summary>The exception that is thrown if an import did not create every row.</summary>
internal sealed class ImportIncompleteException(string message, Exception? innerException = null) : Exception(message, innerException);
