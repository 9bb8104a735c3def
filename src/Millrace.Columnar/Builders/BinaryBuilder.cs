using System.Runtime.CompilerServices;
using System.Text;

namespace Millrace.Columnar;

/// <summary>Builds a <see cref="BinaryColumn"/>.</summary>
public sealed unsafe class BinaryBuilder : ColumnBuilder
{
    private const int ExpectedBytesPerRow = 16;

    private NativeBuffer? _offsets;
    private NativeBuffer? _data;
    private int* _offsetPointer;
    private byte* _dataPointer;
    private int _offsetCapacity;
    private int _dataCapacity;
    private int _dataLength;

    public BinaryBuilder(DataType type, int capacity = RecordBatch.DefaultRows)
        : base(type) => Start(capacity);

    /// <summary>Bytes of values appended since the last <see cref="Build"/>.</summary>
    public int DataLength => _dataLength;

    /// <summary>The value of an appended row. Dead after the next append.</summary>
    public ReadOnlySpan<byte> this[int row] => new(_dataPointer + _offsetPointer[row], _offsetPointer[row + 1] - _offsetPointer[row]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(ReadOnlySpan<byte> value)
    {
        int row = Length;
        int end = _dataLength;
        if (row + 1 >= _offsetCapacity || value.Length > _dataCapacity - end)
        {
            Reserve(1, value.Length);
        }

        value.CopyTo(new Span<byte>(_dataPointer + end, value.Length));
        _dataLength = end + value.Length;
        _offsetPointer[row + 1] = _dataLength;
        Validity.AppendValid(row);
        Length = row + 1;
    }

    public void Append(string value) => Append(Encoding.UTF8.GetBytes(value));

    /// <summary>Room for a value of up to <paramref name="maxLength"/> bytes; <see cref="Commit"/> makes a row of what was written.</summary>
    public Span<byte> GetSpan(int maxLength)
    {
        Reserve(1, maxLength);
        return new Span<byte>(_dataPointer + _dataLength, maxLength);
    }

    /// <summary>Appends the first bytes of the span that <see cref="GetSpan"/> returned as a row.</summary>
    public void Commit(int length)
    {
        _dataLength += length;
        _offsetPointer[Length + 1] = _dataLength;
        Validity.AppendValid(Length);
        Length++;
    }

    /// <summary>
    /// Appends rows that count as valid and whose bytes lie one after the other. The caller writes the bytes into
    /// <paramref name="data"/> and the length of each value into <paramref name="lengths"/>, then calls <see cref="CommitRun"/>.
    /// </summary>
    public void AppendRun(int rows, int bytes, out Span<int> lengths, out Span<byte> data)
    {
        Reserve(rows, bytes);
        lengths = new Span<int>(_offsetPointer + Length + 1, rows);
        data = new Span<byte>(_dataPointer + _dataLength, bytes);
    }

    /// <summary>Makes rows of what <see cref="AppendRun"/> handed out.</summary>
    public void CommitRun(int rows)
    {
        int* end = _offsetPointer + Length + 1;
        int at = _dataLength;
        for (int i = 0; i < rows; i++)
        {
            at += end[i];
            end[i] = at;
        }

        _dataLength = at;
        Validity.AppendValidRun(Length, rows);
        Length += rows;
    }

    /// <summary>Makes room for more rows and bytes.</summary>
    public void Reserve(int rows, int bytes)
    {
        long needRows = (long)Length + rows + 1;
        if (needRows > _offsetCapacity)
        {
            GrowOffsets(needRows);
        }

        long needBytes = (long)_dataLength + bytes;
        if (needBytes > _dataCapacity)
        {
            GrowData(needBytes);
        }
    }

    public override void AppendRange(Column source, int start, int count)
    {
        var column = (BinaryColumn)source;
        ReadOnlySpan<int> offsets = column.Offsets.Slice(start, count + 1);
        int first = offsets[0];
        int bytes = offsets[^1] - first;
        Reserve(count, bytes);
        column.Data.Slice(first, bytes).CopyTo(new Span<byte>(_dataPointer + _dataLength, bytes));
        int shift = _dataLength - first;
        int* target = _offsetPointer + Length + 1;
        for (int i = 0; i < count; i++)
        {
            target[i] = offsets[i + 1] + shift;
        }

        _dataLength += bytes;
        Validity.AppendBitmap(Length, column.Validity.Slice(start, count));
        Length += count;
    }

    public override Column Build()
    {
        Reserve(0, 0);
        _data ??= BufferPool.Rent(0);
        int nulls = NullCount;
        var column = new BinaryColumn(Type, Length, _offsets!, _data!, Validity.Build(), nullCount: nulls);
        _offsets = null;
        _data = null;
        Start(0);
        return column;
    }

    public override void Truncate(int length)
    {
        Length = length;
        _dataLength = length == 0 ? 0 : _offsetPointer[length];
        Validity.Truncate(length);
    }

    public override void Dispose()
    {
        _offsets?.Dispose();
        _data?.Dispose();
        _offsets = null;
        _data = null;
        Start(0);
        Validity.Dispose();
    }

    protected override void AppendDefault() => Append(default(ReadOnlySpan<byte>));

    // Memory is rented at the first append, so an emptied builder holds none.
    private void Start(int capacity)
    {
        Length = 0;
        _dataLength = 0;
        _offsetCapacity = 0;
        _dataCapacity = 0;
        _offsetPointer = null;
        _dataPointer = null;
        if (capacity > 0)
        {
            GrowOffsets(capacity + 1L);
            GrowData(Math.Min((long)capacity * ExpectedBytesPerRow, BufferPool.MaxCapacity));
        }
    }

    private void GrowOffsets(long rows)
    {
        rows = Math.Max(rows, Math.Min(_offsetCapacity * 2L, BufferPool.MaxCapacity / sizeof(int)));
        if (rows > BufferPool.MaxCapacity / sizeof(int))
        {
            throw ColumnarErrors.ColumnTooLarge(Type.ToString());
        }

        NativeBuffer grown = BufferPool.Rent((int)rows * sizeof(int));
        if (_offsets is null)
        {
            *(int*)grown.Pointer = 0;
        }
        else
        {
            new Span<int>(_offsetPointer, Length + 1).CopyTo(new Span<int>((int*)grown.Pointer, Length + 1));
            _offsets.Dispose();
        }

        _offsets = grown;
        _offsetPointer = (int*)grown.Pointer;
        _offsetCapacity = grown.Capacity / sizeof(int);
    }

    private void GrowData(long bytes)
    {
        bytes = Math.Max(bytes, Math.Min(_dataCapacity * 2L, BufferPool.MaxCapacity));
        if (bytes > BufferPool.MaxCapacity)
        {
            throw ColumnarErrors.ColumnTooLarge(Type.ToString());
        }

        NativeBuffer grown = BufferPool.Rent((int)bytes);
        if (_data is not null)
        {
            new Span<byte>(_dataPointer, _dataLength).CopyTo(grown.Span);
            _data.Dispose();
        }

        _data = grown;
        _dataPointer = grown.Pointer;
        _dataCapacity = grown.Capacity;
    }
}
