namespace Millrace.Columnar;

/// <summary>Builds a <see cref="DictionaryColumn"/>: values go to <see cref="Dictionary"/>, their indices to <see cref="Append"/>.</summary>
public sealed class DictionaryBuilder : ColumnBuilder
{
    private readonly FixedBuilder<int> _indices;

    public DictionaryBuilder(DataType type, int capacity = RecordBatch.DefaultRows)
        : base(type)
    {
        _indices = new FixedBuilder<int>(DataType.Int32, capacity);
        Dictionary = Create(type.DictionaryValue, 64);
    }

    /// <summary>The values; the caller keeps them distinct where that matters.</summary>
    public ColumnBuilder Dictionary { get; }

    /// <summary>Appends a row by the index of its value.</summary>
    public void Append(int index)
    {
        _indices.Append(index);
        Validity.AppendValid(Length);
        Length++;
    }

    public override void AppendRange(Column source, int start, int count)
    {
        var column = (DictionaryColumn)source;
        int shift = Dictionary.Length;
        Dictionary.AppendRange(column.Dictionary, 0, column.Dictionary.Length);
        ReadOnlySpan<int> indices = column.Indices.Slice(start, count);
        Span<int> target = _indices.AppendUninitialized(count);
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = indices[i] + shift;
        }

        Validity.AppendBitmap(Length, column.Validity.Slice(start, count));
        Length += count;
    }

    public override Column Build()
    {
        if (Dictionary.Length == 0)
        {
            // Null rows carry index 0, which has to exist.
            Dictionary.AppendNull();
        }

        Column dictionary = Dictionary.Build();
        int nulls = NullCount;
        var column = new DictionaryColumn(Type, Length, _indices.TakeValues(), dictionary, Validity.Build(), nullCount: nulls);
        Length = 0;
        return column;
    }

    public override void Truncate(int length)
    {
        Length = length;
        _indices.Truncate(length);
        Validity.Truncate(length);
    }

    public override void Dispose()
    {
        _indices.Dispose();
        Dictionary.Dispose();
        Validity.Dispose();
        Length = 0;
    }

    protected override void AppendDefault() => Append(0);
}
