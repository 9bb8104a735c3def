using System.Buffers;
using System.Buffers.Binary;
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
    private readonly int[] _starts;
    private readonly int[] _lengths;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstCapacity);
    private int _next;
    private int _end;
    private bool _hasHeader;
    private bool _isOver;

    public CopyRows(Stream stream, int columns, int maxRows)
    {
        _stream = stream;
        _columns = columns;
        _maxRows = maxRows;
        _starts = new int[columns * maxRows];
        _lengths = new int[columns * maxRows];
    }

    /// <summary>Rows found by the last call of <see cref="ReadAsync"/>.</summary>
    public int Rows { get; private set; }

    /// <summary>Bytes received so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>The values of a column in the rows last found. Dead after the next call of <see cref="ReadAsync"/>.</summary>
    public FieldRun Field(int column)
        => new(_buffer, _starts.AsSpan(column * _maxRows, Rows), _lengths.AsSpan(column * _maxRows, Rows));

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
            if (Rows > 0 && (_end == _buffer.Length || _next - first >= BatchBytes))
            {
                break;
            }

            if (Rows == 0)
            {
                Compact();
                first = _next;
            }

            int read = await _stream.ReadAsync(_buffer.AsMemory(_end), cancellation).ConfigureAwait(false);
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
            while (await _stream.ReadAsync(_buffer, cancellation).ConfigureAwait(false) > 0)
            {
            }
        }

        return Rows > 0;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    // Indexes complete rows; whether the batch is full.
    private bool FindRows()
    {
        ReadOnlySpan<byte> buffer = _buffer.AsSpan(0, _end);
        int at = _next;
        if (!_hasHeader && !TakeHeader(buffer, ref at))
        {
            return false;
        }

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

            int end = IndexRow(buffer, at + 2, rows);
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
    private int IndexRow(ReadOnlySpan<byte> buffer, int at, int row)
    {
        for (int column = 0, slot = row; column < _columns; column++, slot += _maxRows)
        {
            if (buffer.Length - at < 4)
            {
                return -1;
            }

            int length = BinaryPrimitives.ReadInt32BigEndian(buffer[at..]);
            at += 4;
            _starts[slot] = at;
            _lengths[slot] = length;
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
        if (left == _buffer.Length)
        {
            if (_buffer.Length >= MaxCapacity)
            {
                throw PostgresErrors.BrokenCopy.Error($"A row is larger than {MaxCapacity} bytes.");
            }

            byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min((long)_buffer.Length * 2, MaxCapacity));
            _buffer.AsSpan(_next, left).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
        else if (_next > 0)
        {
            _buffer.AsSpan(_next, left).CopyTo(_buffer);
        }

        _next = 0;
        _end = left;
    }
}
