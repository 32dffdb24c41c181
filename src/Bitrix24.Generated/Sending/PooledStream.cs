using System.Buffers;

namespace Bitrix24;

/// <summary>A growing buffer from the shared pool that can be written to as a stream.</summary>
internal sealed class PooledStream : Stream
{
    private const int InitialSize = 1024;

    private byte[] buffer = ArrayPool<byte>.Shared.Rent(InitialSize);
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

    public override void Write(byte[] buffer, int offset, int count)
    {
        Reserve(count);
        Buffer.BlockCopy(buffer, offset, this.buffer, length, count);
        length += count;
    }

#if NET
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Reserve(buffer.Length);
        buffer.CopyTo(this.buffer.AsSpan(length));
        length += buffer.Length;
    }
#endif

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Writes the first bytes of what was written here to another stream.</summary>
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
            Return(buffer);
            buffer = [];
            length = 0;
        }

        base.Dispose(disposing);
    }

    private void Reserve(int count)
    {
        if (buffer.Length - length >= count)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(checked(Math.Max(length + count, length * 2)));
        Buffer.BlockCopy(buffer, 0, larger, 0, length);
        Return(buffer);
        buffer = larger;
    }

    /// <summary>Cleared: the next to rent it must not find a token in it.</summary>
    private static void Return(byte[] rented) => ArrayPool<byte>.Shared.Return(rented, clearArray: true);
}
