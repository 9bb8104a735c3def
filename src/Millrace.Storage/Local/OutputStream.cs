using Microsoft.Win32.SafeHandles;

namespace Millrace.Storage;

/// <summary>
/// Writes to a handle where it stands and says when nobody reads it any more. The console's own stream drops what is written
/// after that without a word, and rows that were dropped would count as written. Does not own the handle.
/// </summary>
internal sealed class OutputStream(SafeFileHandle handle) : Stream
{
    private const int Patience = 100;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush()
    {
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int written = Posix.Write(handle, buffer);
            if (written < 0)
            {
                // The other end may have set the pipe that is shared with it to never wait.
                _ = Posix.WaitWritable(handle, Patience);
                continue;
            }

            buffer = buffer[written..];
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
