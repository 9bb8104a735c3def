namespace Millrace.Columnar;

/// <summary>Builds a <see cref="StructColumn"/>: append to every field, then close the row with <see cref="AppendRow"/>.</summary>
public sealed class StructBuilder : ColumnBuilder
{
    private readonly ColumnBuilder[] _fields;

    public StructBuilder(DataType type, int capacity = RecordBatch.DefaultRows)
        : base(type) => _fields = [.. type.Children.Select(f => Create(f.Type, capacity))];

    public IReadOnlyList<ColumnBuilder> Fields => _fields;

    /// <summary>Makes a row of what was appended to the fields, one value each.</summary>
    public void AppendRow()
    {
        Validity.AppendValid(Length);
        Length++;
    }

    /// <summary>Makes rows of what was appended to the fields.</summary>
    public void AppendRows(int count)
    {
        Validity.AppendValidRun(Length, count);
        Length += count;
    }

    public override void AppendRange(Column source, int start, int count)
    {
        var column = (StructColumn)source;
        for (int i = 0; i < _fields.Length; i++)
        {
            _fields[i].AppendRange(column.Fields[i], start, count);
        }

        Validity.AppendBitmap(Length, column.Validity.Slice(start, count));
        Length += count;
    }

    public override Column Build()
    {
        Column[] fields = Array.ConvertAll(_fields, f => f.Build());
        int nulls = NullCount;
        var column = new StructColumn(Type, Length, fields, Validity.Build(), nullCount: nulls);
        Length = 0;
        return column;
    }

    public override void Truncate(int length)
    {
        foreach (ColumnBuilder field in _fields)
        {
            field.Truncate(Math.Min(length, field.Length));
        }

        Length = length;
        Validity.Truncate(length);
    }

    public override void Dispose()
    {
        foreach (ColumnBuilder field in _fields)
        {
            field.Dispose();
        }

        Validity.Dispose();
        Length = 0;
    }

    // A null struct has a null in every field, so that fields stay as long as the struct.
    protected override void AppendDefault()
    {
        foreach (ColumnBuilder field in _fields)
        {
            field.AppendNull();
        }

        AppendRow();
    }
}
