namespace Bitrix24.Authentication;

/// <summary>A failure of a token store in words of this package: they hold no secret and may be shown to the caller.</summary>
internal sealed class TokenStoreException(string message, Exception? innerException = null) : IOException(message, innerException)
{
    /// <summary>Returns what a message may say about the failure of a token store. The words of another store may hold anything.</summary>
    internal static string Describe(Exception exception) => exception is TokenStoreException
        ? $"the token store failed: {exception.Message.TrimEnd('.')}"
        : $"the token store failed ({exception.GetType().Name})";
}
