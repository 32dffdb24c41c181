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

    /// <summary>Whether an exception may be shown as a cause: nothing in it, down to the last, carries a secret or more than its text.</summary>
    internal static bool IsClean(Exception exception, Func<string?, string?> redact)
    {
        var text = exception.ToString();
        if (redact(text) != text)
        {
            return false;
        }

        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause.Data.Count > 0)
            {
                return false;
            }
        }

        return true;
    }

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
