using System.Net;

namespace Bitrix24;

/// <summary>Takes secrets out of texts that came from outside, however they are written there.</summary>
internal static class Redaction
{
    private const string Removed = "***";

    internal static string Remove(string text, IEnumerable<string> secrets)
    {
        foreach (var secret in secrets.Where(secret => secret.Length > 0))
        {
            var escaped = Uri.EscapeDataString(secret);
            var form = WebUtility.UrlEncode(secret);
            text = text.Replace(secret, Removed).Replace(escaped, Removed).Replace(form, Removed)
                .Replace(LowerHex(escaped), Removed).Replace(LowerHex(form), Removed);
        }

        return text;
    }

    /// <summary>Whether an exception may be shown as a cause: its text, that of its own causes included, holds no secret, and none of them carries data beside it.</summary>
    internal static bool IsClean(Exception exception, Func<string?, string?> redact)
    {
        var text = exception.ToString();
        return redact(text) == text && CarriesNoData(exception);
    }

    private static bool CarriesNoData(Exception exception) => exception.Data.Count == 0 && exception switch
    {
        AggregateException several => several.InnerExceptions.All(CarriesNoData),
        { InnerException: { } cause } => CarriesNoData(cause),
        _ => true,
    };

    private static string LowerHex(string escaped)
    {
        var characters = escaped.ToCharArray();
        for (var index = 0; index + 2 < characters.Length; index++)
        {
            if (characters[index] == '%')
            {
                characters[index + 1] = char.ToLowerInvariant(characters[index + 1]);
                characters[index + 2] = char.ToLowerInvariant(characters[index + 2]);
            }
        }

        return new string(characters);
    }
}
