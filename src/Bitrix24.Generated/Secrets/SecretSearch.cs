using System.Globalization;
using System.Net;
using System.Text;

namespace Bitrix24.Secrets;

/// <summary>Finds secrets in a text, in the spellings in which servers and programs echo them. See docs/secrets.md.</summary>
internal sealed class SecretSearch(string text)
{
    /// <summary>A shorter secret can be part of many words and is matched only as a whole segment, as in the path of a URL.</summary>
    private const int MinLength = 8;

    /// <summary>The number of backslashes before a character that was escaped four times. Limits the search in long runs.</summary>
    private const int MaxBackslashes = 16;

    /// <summary>The positions where the secret can continue. An escape sequence can often be read in several ways.</summary>
    private List<int> reached = [];
    private List<int> next = [];

    /// <summary>Gets the parts of the text that spell a secret.</summary>
    public List<(int Start, int End)> Found { get; } = [];

    public void Find(string secret)
    {
        if (string.IsNullOrWhiteSpace(secret))
        {
            return;
        }

        var isShort = secret.Length < MinLength;
        foreach (var (start, end) in PartsThatSpell(secret))
        {
            if (!isShort || IsSegment(start, end))
            {
                Found.Add((start, end));
            }
        }

        if (!isShort)
        {
            var bytes = Encoding.UTF8.GetBytes(secret);
            Found.AddRange(PartsThatSpell(string.Concat(bytes.Select(value => value.ToString("X2", CultureInfo.InvariantCulture)))));
            FindBase64(bytes);
        }
    }

    /// <summary>
    /// Finds the secret in base64, where it has three spellings, one for each offset in the encoded data. The characters at its ends also
    /// encode neighboring data.
    /// </summary>
    private void FindBase64(byte[] secret)
    {
        for (var offset = 0; offset < 3; offset++)
        {
            var bytes = new byte[offset + secret.Length];
            secret.CopyTo(bytes, offset);
            var first = offset > 0 ? offset + 1 : 0;
            var core = Convert.ToBase64String(bytes).Substring(first, (bytes.Length * 8 / 6) - first);
            foreach (var spelling in new[] { core, core.Replace('+', '-').Replace('/', '_') }.Distinct(StringComparer.Ordinal))
            {
                foreach (var (start, end) in PartsThatSpell(spelling))
                {
                    var isSharedBefore = offset > 0 && start > 0 && IsPartOfBase64(text[start - 1]);
                    var isSharedAfter = bytes.Length % 3 != 0 && end < text.Length && IsPartOfBase64(text[end]);
                    Found.Add((isSharedBefore ? start - 1 : start, AfterPadding(isSharedAfter ? end + 1 : end)));
                }
            }
        }
    }

    private int AfterPadding(int at)
    {
        while (at < text.Length && text[at] == '=')
        {
            at++;
        }

        return at;
    }

    private IEnumerable<(int Start, int End)> PartsThatSpell(string wanted)
    {
        char[] beginnings = [char.ToUpperInvariant(wanted[0]), char.ToLowerInvariant(wanted[0]), '%', '&', '\\', '+'];
        for (var start = text.IndexOfAny(beginnings); start >= 0; start = start < text.Length ? text.IndexOfAny(beginnings, start) : -1)
        {
            var end = EndOf(wanted, start);
            if (end > 0)
            {
                yield return (start, end);
            }

            start = Math.Max(start + 1, end);
        }
    }

    /// <summary>Returns the end of a match that starts here, with each character in any spelling; -1 if there is no match.</summary>
    private int EndOf(string wanted, int start)
    {
        reached.Clear();
        reached.Add(start);
        for (var index = 0; index < wanted.Length && reached.Count > 0;)
        {
            var character = wanted.Substring(index, char.IsSurrogatePair(wanted, index) ? 2 : 1);
            next.Clear();
            foreach (var at in reached)
            {
                Read(character, at);
            }

            (reached, next) = (next, reached);
            index += character.Length;
        }

        return reached.Count == 0 ? -1 : reached.Max();
    }

    /// <summary>Adds the positions after a character, for each of its spellings at this position.</summary>
    private void Read(string character, int at)
    {
        if (at == text.Length)
        {
            return;
        }

        if (Matches(at, character))
        {
            ContinueAt(at + character.Length);
        }

        switch (text[at])
        {
            case '+' when character == " ":
                ContinueAt(at + 1);
                break;
            case '%':
                ReadPercent(Encoding.UTF8.GetBytes(character), 0, at);
                break;
            case '&':
                ReadHtml(character, at + 1);
                break;
            case '\\':
                ReadBackslash(character, at);
                break;
        }
    }

    /// <summary>Reads <c>%2F</c>, also encoded again: <c>%252F</c>.</summary>
    private void ReadPercent(byte[] bytes, int index, int at)
    {
        if (index == bytes.Length)
        {
            ContinueAt(at);
            return;
        }

        if (!Matches(at, "%"))
        {
            return;
        }

        for (at++; Hexadecimal(at, 2) is { } value; at += 2)
        {
            if (char.ToUpperInvariant((char)value) == char.ToUpperInvariant((char)bytes[index]))
            {
                ReadPercent(bytes, index + 1, at + 2);
            }

            if (value != '%')
            {
                return;
            }
        }
    }

    /// <summary>Reads <c>&amp;amp;</c>, <c>&amp;#38;</c> and <c>&amp;#x26;</c>, also escaped again: <c>&amp;amp;#38;</c>.</summary>
    private void ReadHtml(string character, int at)
    {
        const int MaxNameLength = 12;
        const string Ampersand = "amp;";
        while (text.IndexOf(';', at, Math.Min(MaxNameLength, text.Length - at)) is var end && end > 0)
        {
            if (Same(WebUtility.HtmlDecode(text.Substring(at, end + 1 - at).Insert(0, "&")), character))
            {
                ContinueAt(end + 1);
            }

            if (!Matches(at, Ampersand))
            {
                return;
            }

            at += Ampersand.Length;
        }
    }

    /// <summary>Reads escapes of PHP, JSON and JavaScript: <c>\'</c>, <c>\/</c>, <c>\u0026</c>, <c>\x26</c>, also escaped again.</summary>
    private void ReadBackslash(string character, int at)
    {
        for (var limit = at + MaxBackslashes; at < limit && Matches(at, "\\");)
        {
            at++;
        }

        if (Matches(at, character))
        {
            ContinueAt(at + character.Length);
        }

        if (Matches(at, "x") && Hexadecimal(at + 1, 2) is { } value && Same(((char)value).ToString(), character))
        {
            ContinueAt(at + 3);
        }

        if (Matches(at, "u") && Hexadecimal(at + 1, 4) is { } unit)
        {
            var first = ((char)unit).ToString();
            at += 5;
            if (Same(first, character))
            {
                ContinueAt(at);
            }
            else if (first[0] == character[0] && character.Length == 2 && Matches(at, "\\"))
            {
                ReadBackslash(character.Substring(1), at);
            }
        }
    }

    private void ContinueAt(int at)
    {
        if (!next.Contains(at))
        {
            next.Add(at);
        }
    }

    private bool Matches(int at, string wanted) =>
        string.Compare(text, at, wanted, 0, wanted.Length, StringComparison.OrdinalIgnoreCase) == 0;

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

    private int? Hexadecimal(int at, int length)
    {
        var value = 0;
        for (var end = at + length; at < end; at++)
        {
            if (at < 0 || at >= text.Length || !Uri.IsHexDigit(text[at]))
            {
                return null;
            }

            value = (value * 16) + Uri.FromHex(text[at]);
        }

        return value;
    }

    /// <summary>Returns whether a part is a whole word. An escape sequence before it, such as %2F, is a separator.</summary>
    private bool IsSegment(int start, int end) =>
        (start == 0 || !IsPartOfSegment(text[start - 1]) || IsEscapedBefore(start)) && (end == text.Length || !IsPartOfSegment(text[end]));

    private bool IsEscapedBefore(int at) =>
        (at >= 3 && text[at - 3] == '%' && Hexadecimal(at - 2, 2) is not null)
        || (at >= 6 && text[at - 6] == '\\' && Hexadecimal(at - 4, 4) is not null);

    private static bool IsPartOfBase64(char character) => IsPartOfSegment(character) || character is '+' or '/';

    private static bool IsPartOfSegment(char character) => char.IsLetterOrDigit(character) || character is '_' or '-';
}
