namespace Millrace.Columnar;

/// <summary>Builds a <see cref="BooleanColumn"/>.</summary>
public sealed unsafe class BooleanBuilder : ColumnBuilder
{
    private NativeBuffer? _values;

    public BooleanBuilder(int capacity = RecordBatch.DefaultRows)
        : base(DataType.Boolean) => Reserve(capacity);

    public bool this[int row] => Bits.Get(_values!.Pointer, row);

    public void Append(bool value)
    {
        Reserve(1);
        Bits.Write(_values!.Pointer, Length, value);
        Validity.AppendValid(Length);
        Length++;
    }

    /// <summary>Appends one value many times.</summary>
    public void AppendRun(bool value, int count)
    {
        Reserve(count);
        Bits.Fill(_values!.Pointer, Length, count, value);
        Validity.AppendValidRun(Length, count);
        Length += count;
    }

    /// <summary>Appends values with their validity.</summary>
    public void Append(Bitmap values, Bitmap validity)
    {
        if (values.IsAbsent)
        {
            throw new ArgumentException("Values need a bitmap.", nameof(values));
        }

        Reserve(values.Length);
        Bits.Copy(values.Pointer, values.Offset, _values!.Pointer, Length, values.Length);
        Validity.AppendBitmap(Length, validity);
        Length += values.Length;
    }

    public override void AppendRange(Column source, int start, int count)
    {
        var column = (BooleanColumn)source;
        Append(column.Values.Slice(start, count), column.Validity.Slice(start, count));
    }

    public override Column Build()
    {
        Reserve(0);
        int nulls = NullCount;
        var column = new BooleanColumn(Length, _values!, Validity.Build(), nullCount: nulls);
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

    protected override void AppendDefault() => Append(false);

    private void Reserve(int count)
    {
        int bytes = Bits.ByteCount(checked(Length + count));
        if (_values is not null && bytes <= _values.Capacity)
        {
            return;
        }

        NativeBuffer grown = BufferPool.Rent(Math.Max(bytes, Bits.ByteCount(Length) * 2));
        if (_values is not null)
        {
            _values.Span[..Bits.ByteCount(Length)].CopyTo(grown.Span);
            _values.Dispose();
        }

        _values = grown;
    }
}
