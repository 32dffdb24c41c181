using System.Text;

namespace Bitrix24;

/// <summary>Decodes a body while it is read, without a buffer of its own.</summary>
internal sealed class Utf8Text(ResponseBody body) : TextReader
{
    private readonly Decoder decoder = Encoding.UTF8.GetDecoder();
    private int position;

    public override int Read(char[] buffer, int index, int count)
    {
        decoder.Convert(body.Bytes, position, body.Length - position, buffer, index, count, flush: true, out var used, out var written, out _);
        position += used;
        return written;
    }
}
