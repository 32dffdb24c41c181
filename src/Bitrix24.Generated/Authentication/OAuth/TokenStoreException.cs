namespace Bitrix24.Authentication;

/// <summary>Represents a failure of a token store of this package. Its message contains no secret and may be shown.</summary>
internal sealed class TokenStoreException(string message, Exception? innerException = null) : IOException(message, innerException)
{
    /// <summary>Returns what a message may show of a failure. The message of another store may contain secrets.</summary>
    internal static string Describe(Exception exception) => exception is TokenStoreException
        ? $"the token store failed: {exception.Message.TrimEnd('.')}"
        : $"the token store failed ({exception.GetType().Name})";
}
