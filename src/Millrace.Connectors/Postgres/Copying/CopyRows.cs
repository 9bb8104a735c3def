using System.Buffers.Binary;
using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// Finds rows and fields in the binary output of <c>COPY … TO STDOUT</c>, many rows at once, so that each column is then
/// decoded in a loop of its own. Format: PostgreSQL documentation, "COPY", section "Binary Format".
/// </summary>
internal sealed class CopyRows : IFoundRows, IDisposable
{
    private const int FirstCapacity = 256 << 10;

    // A row of PostgreSQL cannot be larger than 1 GiB, nor can a message of its protocol.
    private const int MaxCapacity = (1 << 30) + (1 << 20);

    // Beyond this a batch is cut, whatever the number of its rows.
    private const int BatchBytes = 8 << 20;

    private static ReadOnlySpan<byte> Signature => [(byte)'P', (byte)'G', (byte)'C', (byte)'O', (byte)'P', (byte)'Y', (byte)'\n', 0xff, (byte)'\r', (byte)'\n', 0];

    private readonly Stream _stream;
    private readonly int _columns;
    private readonly int _maxRows;
    private readonly FieldIndex _fields;
    private NativeBuffer _buffer = BufferPool.Rent(FirstCapacity);
    private int _next;
    private int _end;
    private bool _hasHeader;
    private bool _isOver;

    public CopyRows(Stream stream, int columns, int maxRows)
    {
        _stream = stream;
        _columns = columns;
        _maxRows = maxRows;
        _fields = new FieldIndex(columns, maxRows);
    }

    /// <summary>Rows found by the last call of <see cref="ReadAsync"/>.</summary>
    public int Rows { get; private set; }

    /// <summary>Bytes received so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>The values of a column in the rows last found. Dead after the next call of <see cref="ReadAsync"/>.</summary>
    public FieldRun Field(int column) => _fields.Run(_buffer.Span, column, Rows);

    /// <summary>Finds the next rows; false at the end of the output.</summary>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellation)
    {
        Rows = 0;
        int first = _next;
        while (!_isOver)
        {
            bool full = FindRows();
            if (full || _isOver)
            {
                break;
            }

            // Rows found so far are indexed by where they lie, so what is unread may only be moved before the first of them.
            if (Rows > 0 && (_end == _buffer.Capacity || _next - first >= BatchBytes))
            {
                break;
            }

            if (Rows == 0)
            {
                Compact();
                first = _next;
            }

            int read = await _stream.ReadAsync(_buffer.Memory[_end..], cancellation).ConfigureAwait(false);
            if (read == 0)
            {
                throw PostgresErrors.BrokenCopy.Error("The server ended the copy in the middle of a row.");
            }

            _end += read;
            BytesRead += read;
        }

        if (_isOver && Rows == 0)
        {
            // What the protocol says after the last row has to be taken before the connection is used again.
            while (await _stream.ReadAsync(_buffer.Memory, cancellation).ConfigureAwait(false) > 0)
            {
            }
        }

        return Rows > 0;
    }

    public void Dispose()
    {
        _buffer.Dispose();
        _fields.Dispose();
    }

    // Indexes complete rows; whether the batch is full.
    private bool FindRows()
    {
        ReadOnlySpan<byte> buffer = _buffer.Span[.._end];
        int at = _next;
        if (!_hasHeader && !TakeHeader(buffer, ref at))
        {
            return false;
        }

        Span<int> starts = _fields.Starts;
        Span<int> lengths = _fields.Lengths;
        int rows = Rows;
        while (rows < _maxRows)
        {
            if (buffer.Length - at < 2)
            {
                break;
            }

            int fields = BinaryPrimitives.ReadInt16BigEndian(buffer[at..]);
            if (fields < 0)
            {
                _isOver = true;
                at += 2;
                break;
            }

            if (fields != _columns)
            {
                throw PostgresErrors.BrokenCopy.Error($"The server sent a row of {fields} fields; {_columns} were asked for.");
            }

            int end = IndexRow(buffer, at + 2, starts[rows..], lengths[rows..]);
            if (end < 0)
            {
                break;
            }

            at = end;
            rows++;
        }

        _next = at;
        Rows = rows;
        return rows == _maxRows;
    }

    // The end of the row; -1 when it has not been received as a whole.
    private int IndexRow(ReadOnlySpan<byte> buffer, int at, Span<int> starts, Span<int> lengths)
    {
        for (int column = 0, slot = 0; column < _columns; column++, slot += _maxRows)
        {
            if (buffer.Length - at < 4)
            {
                return -1;
            }

            int length = BinaryPrimitives.ReadInt32BigEndian(buffer[at..]);
            at += 4;
            starts[slot] = at;
            lengths[slot] = length;
            if (length > 0)
            {
                if (length > buffer.Length - at)
                {
                    return -1;
                }

                at += length;
            }
            else if (length < -1)
            {
                throw PostgresErrors.BrokenCopy.Error($"The server sent a field of length {length}.");
            }
        }

        return at;
    }

    // Signature of 11 bytes, flags, length of an extension, the extension.
    private bool TakeHeader(ReadOnlySpan<byte> buffer, ref int at)
    {
        const int fixedLength = 19;
        if (buffer.Length - at < fixedLength)
        {
            return false;
        }

        if (!buffer.Slice(at, Signature.Length).SequenceEqual(Signature))
        {
            throw PostgresErrors.BrokenCopy.Error("The server's answer does not begin as binary output of COPY does.");
        }

        int extension = BinaryPrimitives.ReadInt32BigEndian(buffer[(at + fixedLength - 4)..]);
        if (extension is < 0 or > 1 << 20)
        {
            throw PostgresErrors.BrokenCopy.Error($"The server announced a header of {extension} more bytes.");
        }

        if (buffer.Length - at < fixedLength + extension)
        {
            return false;
        }

        at += fixedLength + extension;
        _next = at;
        _hasHeader = true;
        return true;
    }

    // Moves what is unread to the front, and makes room where a single row fills the buffer.
    private void Compact()
    {
        int left = _end - _next;
        if (left == _buffer.Capacity)
        {
            if (_buffer.Capacity >= MaxCapacity)
            {
                throw PostgresErrors.BrokenCopy.Error($"A row is larger than {MaxCapacity} bytes.");
            }

            NativeBuffer larger = BufferPool.Rent((int)Math.Min(_buffer.Capacity * 2L, MaxCapacity));
            _buffer.Span.Slice(_next, left).CopyTo(larger.Span);
            _buffer.Dispose();
            _buffer = larger;
        }
        else if (_next > 0)
        {
            _buffer.Span.Slice(_next, left).CopyTo(_buffer.Span);
        }

        _next = 0;
        _end = left;
    }
}
