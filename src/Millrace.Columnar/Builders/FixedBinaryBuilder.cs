namespace Millrace.Columnar;

/// <summary>Builds a <see cref="FixedBinaryColumn"/>.</summary>
public sealed unsafe class FixedBinaryBuilder : ColumnBuilder
{
    private readonly int _width;
    private NativeBuffer? _values;

    public FixedBinaryBuilder(DataType type, int capacity = RecordBatch.DefaultRows)
        : base(type)
    {
        _width = type.ByteWidth;
        Reserve(capacity);
    }

    /// <summary>A row; dead after the next append.</summary>
    public ReadOnlySpan<byte> this[int row] => new(_values!.Pointer + ((long)row * _width), _width);

    /// <summary>Appends a value, which is as long as the type says.</summary>
    public void Append(ReadOnlySpan<byte> value)
    {
        if (value.Length != _width)
        {
            throw ColumnarErrors.ValueOutOfRangeCode.Error($"A value of {value.Length} bytes does not fit {Type}.");
        }

        value.CopyTo(AppendUninitialized(1));
    }

    /// <summary>Appends rows that count as valid and lets the caller write their bytes.</summary>
    public Span<byte> AppendUninitialized(int count)
    {
        Reserve(count);
        var span = new Span<byte>(_values!.Pointer + ((long)Length * _width), count * _width);
        Validity.AppendValidRun(Length, count);
        Length += count;
        return span;
    }

    public override void AppendRange(Column source, int start, int count)
    {
        var column = (FixedBinaryColumn)source;
        Reserve(count);
        column.Bytes.Slice(start * _width, count * _width).CopyTo(new Span<byte>(_values!.Pointer + ((long)Length * _width), count * _width));
        Validity.AppendBitmap(Length, column.Validity.Slice(start, count));
        Length += count;
    }

    public override Column Build()
    {
        Reserve(0);
        int nulls = NullCount;
        var column = new FixedBinaryColumn(Type, Length, _values!, Validity.Build(), nullCount: nulls);
        _values = null;
        Length = 0;
        return column;
    }

    public override void Truncate(int length)
    {
        Length = length;
        Validity.Truncate(length);
    }

    public override void Dispose()
    {
        _values?.Dispose();
        _values = null;
        Length = 0;
        Validity.Dispose();
    }

    protected override void AppendDefault() => AppendUninitialized(1).Clear();

    private void Reserve(int count)
    {
        long bytes = ((long)Length + count) * _width;
        if (_values is not null && bytes <= _values.Capacity)
        {
            return;
        }

        bytes = Math.Max(bytes, Math.Min((long)Length * _width * 2, BufferPool.MaxCapacity));
        if (bytes > BufferPool.MaxCapacity)
        {
            throw ColumnarErrors.ColumnTooLarge(Type.ToString());
        }

        NativeBuffer grown = BufferPool.Rent((int)bytes);
        if (_values is not null)
        {
            _values.Span[..(Length * _width)].CopyTo(grown.Span);
            _values.Dispose();
        }

        _values = grown;
    }
}
