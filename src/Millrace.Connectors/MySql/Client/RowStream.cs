using System.Runtime.InteropServices;
using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.MySql;

/// <summary>
/// Collects the rows of a query, in the text form in which the server sends them, many at once, so that each column is then
/// decoded in a loop of its own. The rows are not kept by the library: what was not fetched waits on the server.
/// </summary>
internal sealed unsafe class RowStream : IFoundRows, IDisposable
{
    private const int FirstCapacity = 256 << 10;

    // Beyond this a batch is cut, whatever the number of its rows.
    private const int BatchBytes = 8 << 20;

    // A bit mask of rows.
    private const int HeardEvery = 1023;

    // Decoders may read a vector's width behind the last value.
    private const int Slack = 32;

    private readonly MySqlConnection _connection;
    private readonly nint _result;
    private readonly int _columns;
    private readonly int _maxRows;
    private readonly FieldIndex _fields;
    private NativeBuffer _buffer = BufferPool.Rent(FirstCapacity);
    private bool _isOver;

    private RowStream(MySqlConnection connection, nint result, int columns, int maxRows)
    {
        _connection = connection;
        _result = result;
        _columns = columns;
        _maxRows = maxRows;
        _fields = new FieldIndex(columns, maxRows);
    }

    /// <summary>Rows found by the last call of <see cref="ReadAsync"/>.</summary>
    public int Rows { get; private set; }

    /// <summary>Bytes of all values so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Starts a query of one statement on a connection that does nothing else until this is disposed.</summary>
    public static ValueTask<RowStream> OpenAsync(MySqlConnection connection, string sql, int columns, int maxRows, CancellationToken cancellation)
        => connection.RunAsync(() => Open(connection, sql, columns, maxRows), cancellation);

    /// <summary>The values of a column in the rows last found. Dead after the next call of <see cref="ReadAsync"/>.</summary>
    public FieldRun Field(int column) => _fields.Run(_buffer.Span, column, Rows);

    /// <summary>Finds the next rows; false at the end.</summary>
    public ValueTask<bool> ReadAsync(CancellationToken cancellation)
    {
        Rows = 0;
        return _isOver ? ValueTask.FromResult(false) : _connection.RunAsync(Read, cancellation);
    }

    public void Dispose()
    {
        if (!_isOver)
        {
            // Freeing a result takes all its rows first, unless there is nothing to take them from. The server is told as well: a
            // process that was started meanwhile may hold the socket open.
            _connection.Stop();
        }

        Native.FreeResult(_result);
        _buffer.Dispose();
        _fields.Dispose();
    }

    private static RowStream Open(MySqlConnection connection, string sql, int columns, int maxRows)
    {
        connection.Send(sql);
        nint result = Native.UseResult(connection.Handle);
        if (result == 0)
        {
            throw connection.Fault();
        }

        int fields = (int)Native.NumFields(result);
        if (fields == columns)
        {
            return new RowStream(connection, result, columns, maxRows);
        }

        connection.Abandon();
        Native.FreeResult(result);
        throw MySqlErrors.BrokenAnswer.Error($"The server sends rows of {fields} fields; {columns} were asked for.");
    }

    private bool Read()
    {
        int rows = 0;
        int end = 0;
        while (rows < _maxRows && end < BatchBytes)
        {
            if ((rows & HeardEvery) == 0)
            {
                _connection.Heard();
            }

            byte** row = Native.FetchRow(_result);
            if (row == null)
            {
                _connection.ThrowIfFailed();
                _isOver = true;
                break;
            }

            CULong* lengths = Native.FetchLengths(_result);
            end = Keep(row, lengths, rows, end);
            rows++;
        }

        Rows = rows;
        BytesRead += end;
        return rows > 0;
    }

    // Copies a row behind those before it; the end of what is used. The library keeps a row in one piece, with a byte or more
    // between its values.
    private int Keep(byte** row, CULong* lengths, int index, int end)
    {
        byte* first = null;
        byte* last = null;
        Span<int> starts = _fields.Starts;
        Span<int> fieldLengths = _fields.Lengths;
        for (int c = 0, slot = index; c < _columns; c++, slot += _maxRows)
        {
            byte* value = row[c];
            if (value == null)
            {
                starts[slot] = end;
                fieldLengths[slot] = -1;
                continue;
            }

            if (first == null)
            {
                first = value;
            }

            var length = (int)lengths[c].Value;
            starts[slot] = end + (int)(value - first);
            fieldLengths[slot] = length;
            last = value + length;
        }

        if (first == null)
        {
            return end;
        }

        var size = (int)(last - first);
        if (_buffer.Capacity - end < size + Slack)
        {
            Grow(end, size);
        }

        new ReadOnlySpan<byte>(first, size).CopyTo(_buffer.Span[end..]);
        return end + size;
    }

    private void Grow(int end, int size)
    {
        NativeBuffer larger = BufferPool.Rent(checked((int)Math.Max((long)end + size + Slack, Math.Min(_buffer.Capacity * 2L, BufferPool.MaxCapacity))));
        _buffer.Span[..end].CopyTo(larger.Span);
        _buffer.Dispose();
        _buffer = larger;
    }
}
