using System.Buffers.Binary;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// Lies between a connection and the client library, so that rows of a copy that arrive together pass as one message. The
/// server sends a message for each row, and the library has asynchronous work to do for each message. All other messages pass
/// as they are. Format: PostgreSQL documentation, "Message Formats"; a type, then a length that counts itself.
/// </summary>
/// <remarks>
/// Messages are joined in the reader's own buffer: the headers between them are closed up, and the first is given the length of
/// all. A message whose header is there is joined though the rest of it has yet to come.
/// </remarks>
internal sealed class CopyDataJoiner(Stream inner) : Stream
{
    private const byte CopyData = (byte)'d';
    private const int HeaderLength = 5;
    private const int LengthOfLength = 4;

    // No message of the server is longer than this, joined or not.
    private const int MaxJoined = 1 << 30;

    // Received but not passed on: the beginning of a header.
    private readonly byte[] _header = new byte[HeaderLength];
    private int _headerLength;

    // Of the message whose header has been passed on.
    private long _left;

    // A reader with less room than a header needs is served from here.
    private readonly byte[] _small = new byte[64];
    private int _smallStart;
    private int _smallEnd;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (TakeSmall(buffer.Span) is > 0 and var taken)
        {
            return taken;
        }

        Memory<byte> target = buffer.Length < _small.Length ? _small : buffer;
        int given;
        do
        {
            int kept = PutHeader(target.Span);
            int read = await inner.ReadAsync(target[kept..], cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return 0;
            }

            given = Join(target.Span[..(kept + read)]);
        }
        while (given == 0);
        return buffer.Length < _small.Length ? TakeSmall(buffer.Span, given) : given;
    }

    public override int Read(Span<byte> buffer)
    {
        if (TakeSmall(buffer) is > 0 and var taken)
        {
            return taken;
        }

        Span<byte> target = buffer.Length < _small.Length ? _small : buffer;
        int given;
        do
        {
            int kept = PutHeader(target);
            int read = inner.Read(target[kept..]);
            if (read == 0)
            {
                return 0;
            }

            given = Join(target[..(kept + read)]);
        }
        while (given == 0);
        return buffer.Length < _small.Length ? TakeSmall(buffer, given) : given;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private int PutHeader(Span<byte> target)
    {
        _header.AsSpan(0, _headerLength).CopyTo(target);
        return _headerLength;
    }

    private int TakeSmall(Span<byte> target)
    {
        int count = Math.Min(target.Length, _smallEnd - _smallStart);
        _small.AsSpan(_smallStart, count).CopyTo(target);
        _smallStart += count;
        return count;
    }

    private int TakeSmall(Span<byte> target, int filled)
    {
        _smallStart = 0;
        _smallEnd = filled;
        return TakeSmall(target);
    }

    // Joins messages in place; how many bytes there are now to pass on. They begin with what is left of the last message.
    private int Join(Span<byte> bytes)
    {
        int from = (int)Math.Min(_left, bytes.Length);
        int to = from;
        int joined = -1;
        int length = 0;
        _left -= from;
        while (bytes.Length - from >= HeaderLength)
        {
            int own = BinaryPrimitives.ReadInt32BigEndian(bytes[(from + 1)..]);
            if (own < LengthOfLength)
            {
                // This is no longer the protocol; what the library says of it is what the user is told.
                bytes[from..].CopyTo(bytes[to..]);
                _left = long.MaxValue;
                _headerLength = 0;
                return to + bytes.Length - from;
            }

            int content = own - LengthOfLength;
            bool isData = bytes[from] == CopyData;
            if (isData && joined >= 0 && length <= MaxJoined - content)
            {
                length += content;
                BinaryPrimitives.WriteInt32BigEndian(bytes[(joined + 1)..], length);
            }
            else
            {
                bytes.Slice(from, HeaderLength).CopyTo(bytes[to..]);
                joined = isData ? to : -1;
                length = own;
                to += HeaderLength;
            }

            from += HeaderLength;
            int here = Math.Min(content, bytes.Length - from);
            bytes.Slice(from, here).CopyTo(bytes[to..]);
            from += here;
            to += here;
            _left = content - here;
        }

        _headerLength = bytes.Length - from;
        bytes[from..].CopyTo(_header);
        return to;
    }
}
