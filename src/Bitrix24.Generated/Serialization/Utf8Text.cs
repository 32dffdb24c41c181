using System.Text;

namespace Bitrix24;

/// <summary>Decodes a body while it is read, without a buffer of its own.</summary>
internal sealed class Utf8Text(ResponseBody body) : TextReader
{
    private readonly Decoder decoder = Encoding.UTF8.GetDecoder();
    private int position;
    private char? next;

    public override int Read(char[] buffer, int index, int count)
    {
        if (next is { } second && count > 0)
        {
            buffer[index] = second;
            next = null;
            return 1;
        }

        return count == 1 ? ReadOne(out buffer[index]) : Decode(buffer, index, count);
    }

    /// <summary>A decoder refuses to write to where a surrogate pair might not fit.</summary>
    private int ReadOne(out char character)
    {
        var pair = new char[2];
        var written = Decode(pair, 0, pair.Length);
        character = pair[0];
        next = written == 2 ? pair[1] : null;
        return Math.Min(written, 1);
    }

    private int Decode(char[] buffer, int index, int count)
    {
        decoder.Convert(body.Bytes, position, body.Length - position, buffer, index, count, flush: true, out var used, out var written, out _);
        position += used;
        return written;
    }
}
