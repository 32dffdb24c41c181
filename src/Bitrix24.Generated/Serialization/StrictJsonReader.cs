using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text;
using Newtonsoft.Json;

namespace Bitrix24.Serialization;

/// <summary>
/// Reads JSON in UTF-8 strictly according to RFC 8259: without comments, unquoted names, single quotes, trailing commas, NaN or control
/// characters in strings. An object that repeats a member is rejected. Strings and numbers are created only on demand.
/// </summary>
internal sealed class StrictJsonReader : JsonReader
{
    /// <summary>Sufficient for every number. Longer ones are rejected, because parsing them is slow.</summary>
    private const int MaxNumberLength = 380;

    /// <summary>The maximum number of names that are compared one by one.</summary>
    private const int MaxComparedNames = 16;

    private readonly byte[] bytes;
    private readonly int end;
    private readonly List<string> names = [];
    private readonly int[] firstNames = new int[Json.MaxDepth + 1];

    // The names of objects with many members, by depth.
    private Dictionary<int, HashSet<string>>? manyNames;
    private int position;
    private int depth;
    private ulong objects;
    private Expected expected;
    private bool skips;

    // The token whose value is not created yet.
    private bool isPending;
    private bool isEscaped;
    private int tokenStart;
    private int tokenEnd;

    internal StrictJsonReader(ArraySegment<byte> json)
    {
        bytes = json.Array!;
        position = json.Offset;
        end = json.Offset + json.Count;
        MaxDepth = Json.MaxDepth;
        Culture = CultureInfo.InvariantCulture;
        DateParseHandling = DateParseHandling.None;
    }

    private enum Expected
    {
        Value,
        ValueOrEnd,
        Name,
        NameOrEnd,
        CommaOrEnd,
        Nothing,
    }

    public override object? Value
    {
        get
        {
            if (isPending)
            {
                isPending = false;
                SetToken(TokenType, Build(TokenType), updateIndex: false);
            }

            return base.Value;
        }
    }

    public override Type? ValueType => Value?.GetType();

    private bool IsInObject => depth > 0 && (objects >> (depth - 1) & 1) == 1;

    public override bool Read()
    {
        isPending = false;
        SkipWhiteSpace();
        if (position == end)
        {
            if (expected != Expected.Nothing)
            {
                throw Invalid("it ends too early");
            }

            SetToken(JsonToken.None);
            return false;
        }

        if (expected == Expected.CommaOrEnd && bytes[position] == ',')
        {
            position++;
            SkipWhiteSpace();
            expected = IsInObject ? Expected.Name : Expected.Value;
        }

        var next = position < end ? bytes[position] : throw Invalid("it ends too early");
        switch (expected)
        {
            case Expected.CommaOrEnd or Expected.NameOrEnd when next == '}' && IsInObject:
                EndObject();
                break;
            case Expected.CommaOrEnd or Expected.ValueOrEnd when next == ']' && !IsInObject:
                Leave(JsonToken.EndArray);
                break;
            case Expected.Name or Expected.NameOrEnd when next == '"':
                ReadName();
                break;
            case Expected.Value or Expected.ValueOrEnd:
                ReadValue(next);
                break;
            default:
                throw Invalid("it has an unexpected character");
        }

        return true;
    }

    /// <summary>Skips the current value without creating its parts.</summary>
    internal void SkipValue()
    {
        skips = true;
        Skip();
        skips = false;
    }

    /// <summary>Returns the current number as written.</summary>
    internal string Raw() => Encoding.UTF8.GetString(bytes, tokenStart, tokenEnd - tokenStart);

    private static JsonReaderException Invalid(string error) => new($"The JSON is invalid: {error}.");

    private void ReadName()
    {
        ScanText();
        var name = string.Empty;
        if (!skips)
        {
            name = KnownNames.Find(bytes.AsSpan(tokenStart, tokenEnd - tokenStart)) ?? Text();
            ThrowIfRepeated(name);
        }

        SkipWhiteSpace();
        if (position == end || bytes[position++] != ':')
        {
            throw Invalid("a name has no value");
        }

        SetToken(JsonToken.PropertyName, name);
        expected = Expected.Value;
    }

    private void ThrowIfRepeated(string name)
    {
        var first = firstNames[depth];
        if (names.Count - first == MaxComparedNames)
        {
            manyNames ??= [];
            if (!manyNames.TryGetValue(depth, out var set))
            {
                manyNames[depth] = set = new HashSet<string>(names.Skip(first), StringComparer.Ordinal);
            }

            if (!set.Add(name))
            {
                throw new RepeatedMemberException();
            }

            return;
        }

        for (var index = first; index < names.Count; index++)
        {
            if (string.Equals(names[index], name, StringComparison.Ordinal))
            {
                throw new RepeatedMemberException();
            }
        }

        names.Add(name);
    }

    private void ReadValue(byte next)
    {
        switch (next)
        {
            case (byte)'{':
                Enter(JsonToken.StartObject, Expected.NameOrEnd);
                objects |= 1UL << (depth - 1);
                firstNames[depth] = names.Count;
                return;
            case (byte)'[':
                Enter(JsonToken.StartArray, Expected.ValueOrEnd);
                objects &= ~(1UL << (depth - 1));
                return;
            case (byte)'"':
                ScanText();
                isPending = true;
                SetToken(JsonToken.String);
                break;
            case (byte)'t':
                ReadLiteral("true"u8);
                SetToken(JsonToken.Boolean, true);
                break;
            case (byte)'f':
                ReadLiteral("false"u8);
                SetToken(JsonToken.Boolean, false);
                break;
            case (byte)'n':
                ReadLiteral("null"u8);
                SetToken(JsonToken.Null);
                break;
            default:
                var isInteger = ScanNumber();
                isPending = true;
                SetToken(isInteger ? JsonToken.Integer : JsonToken.Float);
                break;
        }

        expected = depth == 0 ? Expected.Nothing : Expected.CommaOrEnd;
    }

    private void Enter(JsonToken token, Expected inside)
    {
        if (depth == Json.MaxDepth)
        {
            throw Invalid("it is nested too deeply");
        }

        position++;
        depth++;
        SetToken(token);
        expected = inside;
    }

    private void EndObject()
    {
        names.RemoveRange(firstNames[depth], names.Count - firstNames[depth]);
        manyNames?.Remove(depth);
        Leave(JsonToken.EndObject);
    }

    private void Leave(JsonToken token)
    {
        position++;
        depth--;
        SetToken(token);
        expected = depth == 0 ? Expected.Nothing : Expected.CommaOrEnd;
    }

    private void ReadLiteral(ReadOnlySpan<byte> literal)
    {
        if (!bytes.AsSpan(position, end - position).StartsWith(literal))
        {
            throw Invalid("it has an unexpected character");
        }

        position += literal.Length;
    }

    /// <summary>Moves from the opening quote of a string to the character after the closing quote.</summary>
    private void ScanText()
    {
        tokenStart = ++position;
        isEscaped = false;
        while (position < end)
        {
            var next = bytes[position++];
            if (next == '"')
            {
                tokenEnd = position - 1;
                return;
            }

            if (next == '\\')
            {
                isEscaped = true;
                ScanEscape();
            }
            else if (next < ' ')
            {
                throw Invalid("a string contains a control character");
            }
        }

        throw Invalid("it ends too early");
    }

    private void ScanEscape()
    {
        var next = position < end ? bytes[position++] : (byte)0;
        if (next == 'u')
        {
            var digits = bytes.AsSpan(position, Math.Min(4, end - position));
            if (!Utf8Parser.TryParse(digits, out uint _, out var used, 'x') || used != 4)
            {
                throw Invalid("a string contains an invalid escape");
            }

            position += 4;
        }
        else if ("\"\\/bfnrt"u8.IndexOf(next) < 0)
        {
            throw Invalid("a string contains an invalid escape");
        }
    }

    /// <returns>Whether the number is an integer.</returns>
    private bool ScanNumber()
    {
        tokenStart = position;
        position += bytes[position] == '-' ? 1 : 0;
        if (position < end && bytes[position] == '0')
        {
            position++;
        }
        else
        {
            ScanDigits();
        }

        var isInteger = true;
        if (position < end && bytes[position] == '.')
        {
            isInteger = false;
            position++;
            ScanDigits();
        }

        if (position < end && bytes[position] is (byte)'e' or (byte)'E')
        {
            isInteger = false;
            position++;
            position += position < end && bytes[position] is (byte)'+' or (byte)'-' ? 1 : 0;
            ScanDigits();
        }

        tokenEnd = position;
        return tokenEnd - tokenStart <= MaxNumberLength ? isInteger : throw Invalid("a number is too long");
    }

    private void ScanDigits()
    {
        var first = position;
        while (position < end && bytes[position] is >= (byte)'0' and <= (byte)'9')
        {
            position++;
        }

        if (position == first)
        {
            throw Invalid("it has an unexpected character");
        }
    }

    private void SkipWhiteSpace()
    {
        while (position < end && bytes[position] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            position++;
        }
    }

    private object Build(JsonToken token) => token switch
    {
        JsonToken.Integer => Integer(),
        JsonToken.Float => Float(),
        _ => Text(),
    };

    private object Integer() => Utf8Parser.TryParse(bytes.AsSpan(tokenStart, tokenEnd - tokenStart), out long value, out _)
        ? (object)value
        : BigInteger.Parse(Raw(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    /// <summary>Returns infinity for a number that is too large, which some frameworks cannot parse.</summary>
    private double Float() => double.TryParse(Raw(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value
        : bytes[tokenStart] == '-' ? double.NegativeInfinity
        : double.PositiveInfinity;

    private string Text()
    {
        if (!isEscaped)
        {
            return Raw();
        }

        // A string has at most as many characters as bytes.
        var characters = SharedBuffer.Rent<char>(tokenEnd - tokenStart);
        var used = 0;
        try
        {
            var start = tokenStart;
            while (start < tokenEnd)
            {
                var plain = bytes.AsSpan(start, tokenEnd - start).IndexOf((byte)'\\');
                plain = plain < 0 ? tokenEnd - start : plain;
                used += Encoding.UTF8.GetChars(bytes, start, plain, characters, used);
                start += plain;
                if (start < tokenEnd)
                {
                    start += Unescape(start + 1, out characters[used++]);
                }
            }

            ReplaceLoneSurrogates(characters.AsSpan(0, used));
            return new string(characters, 0, used);
        }
        finally
        {
            SharedBuffer.Return(characters, used);
        }
    }

    /// <summary>Replaces lone surrogates, which UTF-8 cannot represent.</summary>
    private static void ReplaceLoneSurrogates(Span<char> characters)
    {
        for (var index = 0; index < characters.Length; index++)
        {
            if (char.IsHighSurrogate(characters[index]) && index + 1 < characters.Length && char.IsLowSurrogate(characters[index + 1]))
            {
                index++;
            }
            else if (char.IsSurrogate(characters[index]))
            {
                characters[index] = '\uFFFD';
            }
        }
    }

    /// <returns>The number of bytes of the escape, including its backslash.</returns>
    private int Unescape(int at, out char character)
    {
        if (bytes[at] == 'u')
        {
            character = Utf8Parser.TryParse(bytes.AsSpan(at + 1, 4), out uint code, out _, 'x') ? (char)code : '\uFFFD';
            return 6;
        }

        character = bytes[at] switch
        {
            (byte)'b' => '\b',
            (byte)'f' => '\f',
            (byte)'n' => '\n',
            (byte)'r' => '\r',
            (byte)'t' => '\t',
            var itself => (char)itself,
        };
        return 2;
    }
}
