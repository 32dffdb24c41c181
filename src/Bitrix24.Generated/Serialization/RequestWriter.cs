using System.Buffers.Text;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Serialization;

/// <summary>
/// Writes a request in UTF-8, exactly as the serializer does. Generated code calls it for each member. A member that is not set is left
/// out.
/// </summary>
internal readonly struct RequestWriter(PooledBufferWriter target)
{
    private const int MaxIntegerLength = 20;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    internal void Start() => target.WriteByte((byte)'{');

    internal void End() => target.Close((byte)'}');

    internal void Member(ReadOnlySpan<byte> name, long value)
    {
        Name(name);
        Integer(value);
        Next();
    }

    internal void Member(ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } given)
        {
            Member(name, given);
        }
    }

    internal void Member(ReadOnlySpan<byte> name, IReadOnlyList<long>? values)
    {
        if (values is null)
        {
            return;
        }

        Name(name);
        target.WriteByte((byte)'[');

        using (var integers = new Int64Span(values))
        {
            List(integers.Span);
        }

        target.Close((byte)']');
        Next();
    }

    internal void Member(ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            Name(name);
            Text(value);
            Next();
        }
    }

    internal void Member<T>(ReadOnlySpan<byte> name, T value)
        where T : struct, IOpenEnum
    {
        Name(name);
        Text(value.Value);
        Next();
    }

    internal void Member<T>(ReadOnlySpan<byte> name, T? value)
        where T : struct, IOpenEnum
    {
        if (value is { } given)
        {
            Member(name, given);
        }
    }

    /// <summary>Writes a boolean as one of the numbers 1 and 0.</summary>
    internal void Digit(ReadOnlySpan<byte> name, bool? value) => Member(name, value is { } given ? given ? 1L : 0L : null);

    /// <summary>Writes a value of another type with the serializer.</summary>
    internal void Member(ReadOnlySpan<byte> name, object? value)
    {
        if (value is null)
        {
            return;
        }

        Name(name);
        Value(value);
        Next();
    }

    /// <summary>Writes the members of an object, which may have any names.</summary>
    internal void Members(JObject members)
    {
        foreach (var member in members.Properties())
        {
            Encode(JsonConvert.ToString(member.Name));
            target.WriteByte((byte)':');
            Value(member.Value);
            Next();
        }
    }

    private void Value(object value)
    {
        using var text = new StreamWriter(target, Utf8, bufferSize: 1024, leaveOpen: true);
        using var json = new JsonTextWriter(text);
        Json.Serializer.Serialize(json, value);
    }

    private void Name(ReadOnlySpan<byte> name)
    {
        var span = target.GetSpan(name.Length + 3);
        span[0] = (byte)'"';
        name.CopyTo(span.Slice(1));
        span[name.Length + 1] = (byte)'"';
        span[name.Length + 2] = (byte)':';
        target.Advance(name.Length + 3);
    }

    private void List(ReadOnlySpan<long> values)
    {
        const int MaxLength = MaxIntegerLength + 1;

        // Ids have similar lengths. One large buffer avoids growing it repeatedly.
        var room = target.GetSpan(values.IsEmpty ? 0 : checked((values.Length * (LengthOf(values[values.Length - 1]) + 1)) + MaxLength));
        var used = 0;
        foreach (var value in values)
        {
            if (room.Length - used < MaxLength)
            {
                target.Advance(used);
                room = target.GetSpan(MaxLength);
                used = 0;
            }

            Utf8Formatter.TryFormat(value, room.Slice(used), out var written);
            used += written;
            room[used++] = (byte)',';
        }

        target.Advance(used);
    }

    private void Next() => target.WriteByte((byte)',');

    private void Integer(long value)
    {
        Utf8Formatter.TryFormat(value, target.GetSpan(MaxIntegerLength), out var written);
        target.Advance(written);
    }

    /// <summary>Writes a text. A text that needs escapes is written by the library.</summary>
    private void Text(string? value)
    {
        if (value is null || !IsPlain(value))
        {
            Encode(JsonConvert.ToString(value));
            return;
        }

        target.WriteByte((byte)'"');
        Encode(value);
        target.WriteByte((byte)'"');
    }

    private void Encode(string text) =>
#if NET
        target.Advance(Utf8.GetBytes(text, target.GetSpan(Utf8.GetMaxByteCount(text.Length))));
#else
        target.Write(Utf8.GetBytes(text));
#endif

    private static bool IsPlain(string text)
    {
        foreach (var character in text)
        {
            if (character is < ' ' or '"' or '\\' or > '~')
            {
                return false;
            }
        }

        return true;
    }

    private static int LengthOf(long value)
    {
        var length = value < 0 ? 2 : 1;
        while ((value /= 10) != 0)
        {
            length++;
        }

        return length;
    }
}
