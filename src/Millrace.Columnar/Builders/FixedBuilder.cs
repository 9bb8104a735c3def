using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Millrace.Columnar;

/// <summary>Builds a <see cref="FixedColumn{T}"/>.</summary>
public sealed unsafe class FixedBuilder<T> : ColumnBuilder
    where T : unmanaged
{
    private NativeBuffer? _values;
    private T* _pointer;
    private int _capacity;

    public FixedBuilder(DataType type, int capacity = RecordBatch.DefaultRows)
        : base(type)
    {
        Debug.Assert(type.ByteWidth == sizeof(T));
        Reserve(capacity);
    }

    /// <summary>The rows appended so far. Dead after the next append.</summary>
    public Span<T> Values => new(_pointer, Length);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(T value)
    {
        int row = Length;
        if (row == _capacity)
        {
            Reserve(1);
        }

        _pointer[row] = value;
        Validity.AppendValid(row);
        Length = row + 1;
    }

    public void Append(ReadOnlySpan<T> values) => values.CopyTo(AppendUninitialized(values.Length));

    /// <summary>Appends rows that count as valid and lets the caller write their values. The span is dead after the next append.</summary>
    public Span<T> AppendUninitialized(int count)
    {
        Reserve(count);
        var span = new Span<T>(_pointer + Length, count);
        Validity.AppendValidRun(Length, count);
        Length += count;
        return span;
    }

    /// <summary>Appends values with their validity.</summary>
    public void Append(ReadOnlySpan<T> values, Bitmap validity)
    {
        Reserve(values.Length);
        values.CopyTo(new Span<T>(_pointer + Length, values.Length));
        Validity.AppendBitmap(Length, validity);
        Length += values.Length;
    }

    /// <summary>Makes room for more rows.</summary>
    public void Reserve(int count)
    {
        long rows = (long)Length + count;
        if (rows <= _capacity && _values is not null)
        {
            return;
        }

        long bytes = Math.Max(rows, Math.Min((long)Length * 2, BufferPool.MaxCapacity / sizeof(T))) * sizeof(T);
        if (bytes > BufferPool.MaxCapacity)
        {
            throw ColumnarErrors.ColumnTooLarge(Type.ToString());
        }

        NativeBuffer grown = BufferPool.Rent((int)bytes);
        if (_values is not null)
        {
            Values.CopyTo(new Span<T>((T*)grown.Pointer, Length));
            _values.Dispose();
        }

        _values = grown;
        _pointer = (T*)grown.Pointer;
        _capacity = grown.Capacity / sizeof(T);
    }

    public override void AppendRange(Column source, int start, int count)
    {
        var column = (FixedColumn<T>)source;
        Reserve(count);
        column.Values.Slice(start, count).CopyTo(new Span<T>(_pointer + Length, count));
        Validity.AppendBitmap(Length, column.Validity.Slice(start, count));
        Length += count;
    }

    public override Column Build()
    {
        Reserve(0);
        int nulls = NullCount;
        var column = new FixedColumn<T>(Type, Length, _values!, Validity.Build(), nullCount: nulls);
        _values = null;
        _capacity = 0;
        Length = 0;
        return column;
    }

    /// <summary>Hands the values to the caller without making a column of them; used for offsets and indices.</summary>
    internal NativeBuffer TakeValues()
    {
        Reserve(0);
        NativeBuffer values = _values!;
        _values = null;
        _capacity = 0;
        Length = 0;
        Validity.Dispose();
        return values;
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
        _capacity = 0;
        Length = 0;
        Validity.Dispose();
    }

    protected override void AppendDefault() => Append(default(T));
}
