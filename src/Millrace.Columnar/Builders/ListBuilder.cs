namespace Millrace.Columnar;

/// <summary>
/// Builds a <see cref="ListColumn"/> of a list or map type: append elements to <see cref="Items"/>, then close the row
/// with <see cref="AppendRow"/>.
/// </summary>
public sealed class ListBuilder : ColumnBuilder
{
    private readonly FixedBuilder<int> _offsets;

    public ListBuilder(DataType type, int capacity = RecordBatch.DefaultRows)
        : base(type)
    {
        _offsets = new FixedBuilder<int>(DataType.Int32, capacity + 1);
        Items = Create(ListColumn.ItemType(type), capacity);
    }

    /// <summary>The elements; of a map, a <see cref="StructBuilder"/> of key and value.</summary>
    public ColumnBuilder Items { get; }

    /// <summary>Makes a row of the items appended since the last row.</summary>
    public void AppendRow()
    {
        StartOffsets();
        _offsets.Append(Items.Length);
        Validity.AppendValid(Length);
        Length++;
    }

    public override void AppendRange(Column source, int start, int count)
    {
        var column = (ListColumn)source;
        ReadOnlySpan<int> offsets = column.Offsets.Slice(start, count + 1);
        int shift = Items.Length - offsets[0];
        Items.AppendRange(column.Items, offsets[0], offsets[^1] - offsets[0]);
        StartOffsets();
        Span<int> target = _offsets.AppendUninitialized(count);
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = offsets[i + 1] + shift;
        }

        Validity.AppendBitmap(Length, column.Validity.Slice(start, count));
        Length += count;
    }

    public override Column Build()
    {
        StartOffsets();
        Column items = Items.Build();
        NativeBuffer offsets = _offsets.TakeValues();
        int nulls = NullCount;
        var column = new ListColumn(Type, Length, offsets, items, Validity.Build(), nullCount: nulls);
        Length = 0;
        return column;
    }

    public override void Truncate(int length)
    {
        Length = length;
        Items.Truncate(length == 0 ? 0 : _offsets.Values[length]);
        _offsets.Truncate(length == 0 ? 0 : length + 1);
        Validity.Truncate(length);
    }

    public override void Dispose()
    {
        _offsets.Dispose();
        Items.Dispose();
        Validity.Dispose();
        Length = 0;
    }

    protected override void AppendDefault() => AppendRow();

    // Not before the first row, so that an emptied builder holds no memory.
    private void StartOffsets()
    {
        if (_offsets.Length == 0)
        {
            _offsets.Append(0);
        }
    }
}
