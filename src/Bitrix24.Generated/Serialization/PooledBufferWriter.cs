using System.Buffers;

namespace Bitrix24.Serialization;

/// <summary>Represents a growing buffer from the pool that can also be written to as a stream.</summary>
internal sealed class PooledBufferWriter : Stream, IBufferWriter<byte>
{
    private const int InitialSize = 1024;

    private byte[] buffer = SharedBuffer.Rent<byte>(InitialSize);
    private int length;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => length;

    public override long Position
    {
        get => length;
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

#if NET
    public override
#else
    internal
#endif
    void Write(ReadOnlySpan<byte> buffer)
    {
        buffer.CopyTo(GetSpan(buffer.Length));
        length += buffer.Length;
    }

    public override void WriteByte(byte value)
    {
        Reserve(1);
        buffer[length++] = value;
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(1, sizeHint));
        return buffer.AsMemory(length);
    }

    public void Advance(int count) => length += count;

    /// <summary>Closes a list or an object. Replaces the comma after its last member, if there is one.</summary>
    internal void Close(byte bracket)
    {
        if (buffer[length - 1] == ',')
        {
            length--;
        }

        WriteByte(bracket);
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Writes the first bytes of the buffer to another stream.</summary>
    internal Task WriteToAsync(Stream target, int count, CancellationToken cancellationToken) =>
#if NET
        target.WriteAsync(buffer.AsMemory(0, count), cancellationToken).AsTask();
#else
        target.WriteAsync(buffer, 0, count, cancellationToken);
#endif

    protected override void Dispose(bool disposing)
    {
        if (disposing && buffer.Length > 0)
        {
            SharedBuffer.Return(buffer, length);
            buffer = [];
            length = 0;
        }

        base.Dispose(disposing);
    }

    internal void Reserve(int count)
    {
        if (buffer.Length - length < count)
        {
            Grow(count);
        }
    }

    private void Grow(int count)
    {
        var larger = SharedBuffer.Rent<byte>(checked(Math.Max(length + count, length * 2)));
        Buffer.BlockCopy(buffer, 0, larger, 0, length);
        SharedBuffer.Return(buffer, length);
        buffer = larger;
    }
}
