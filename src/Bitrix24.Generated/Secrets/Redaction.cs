using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;

namespace Bitrix24.Secrets;

/// <summary>Removes secrets from external texts, in any spelling.</summary>
internal static class Redaction
{
    private const string Removed = "***";

    /// <summary>
    /// Matches the user info of a URI: the text between the two slashes and the last @ of the authority. After a colon without a port, a
    /// password can continue beyond a slash. Percent-encoded URIs are matched as well.
    /// </summary>
    private static readonly Regex UserInfo = new(
        """
        (?<=/\\{0,3}/)([^\s/?\#]*|[^\s/?\#:@]*:(?![0-9]{0,5}([/?\#\s"'<>]|$))\S{0,256})@
        |(?<=%(25)*2F%(25)*2F)((?!%(25)*(2F|3F|23))\S){0,512}%(25)*40
        """,
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace,
        Regex.InfiniteMatchTimeout);

    /// <summary>Removes the secrets, the password of the proxy for a server, and the user info of any URI.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    internal static string? Remove(string? text, Uri server, IEnumerable<string> secrets)
    {
        if (string.IsNullOrEmpty(text))
        {
            return text;
        }

        var search = new SecretSearch(text!);
        foreach (var secret in secrets.Concat(SystemProxy.SecretsFor(server)))
        {
            search.Find(secret);
        }

        return UserInfo.Replace(Without(text!, search.Found), Removed + "@");
    }

    /// <summary>
    /// Returns whether an exception can be exposed as an inner exception: its text and that of its inner exceptions contain no secret, and
    /// none of them has data entries.
    /// </summary>
    internal static bool IsClean(Exception exception, Func<string?, string?> redact)
    {
        var text = exception.ToString();
        return redact(text) == text && HasNoData(exception);
    }

    private static bool HasNoData(Exception exception) => exception.Data.Count == 0 && exception switch
    {
        AggregateException several => several.InnerExceptions.All(HasNoData),
        { InnerException: { } cause } => HasNoData(cause),
        _ => true,
    };

    /// <summary>Replaces parts of a text. Parts can overlap, because one secret can start with another.</summary>
    private static string Without(string text, List<(int Start, int End)> parts)
    {
        if (parts.Count == 0)
        {
            return text;
        }

        parts.Sort();
        var rest = new StringBuilder(text.Length);
        var end = -1;
        foreach (var part in parts)
        {
            if (part.Start > end)
            {
                rest.Append(text, Math.Max(end, 0), part.Start - Math.Max(end, 0)).Append(Removed);
            }

            end = Math.Max(end, part.End);
        }

        return rest.Append(text, end, text.Length - end).ToString();
    }
}
