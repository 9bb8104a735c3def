using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>
/// Makes arrays out of numbers of items: rows are filled by picking items of one column, which are then taken all at once,
/// whatever their type. Dispose it if it is not built.
/// </summary>
internal sealed unsafe class ItemPicker : IDisposable
{
    private readonly FixedBuilder<int> _picks;
    private readonly BooleanBuilder _valid;
    private NativeBuffer? _offsets;
    private int _rows;

    public ItemPicker(int rows)
    {
        _offsets = BufferPool.Rent(checked((rows + 1) * sizeof(int)));
        *(int*)_offsets.Pointer = 0;
        _picks = new FixedBuilder<int>(DataType.Int32, rows);
        _valid = new BooleanBuilder(rows);
    }

    /// <summary>Items picked so far, in all rows.</summary>
    public int Count => _picks.Length;

    /// <summary>The items of the row that is being filled.</summary>
    public Span<int> Open => _picks.Values[((int*)_offsets!.Pointer)[_rows]..];

    public void Pick(int item) => _picks.Append(item);

    public void PickRange(int start, int end)
    {
        Span<int> target = _picks.AppendUninitialized(end - start);
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = start + i;
        }
    }

    /// <summary>Makes a row of the items picked since the last one.</summary>
    public void EndRow(bool valid = true)
    {
        ((int*)_offsets!.Pointer)[++_rows] = _picks.Length;
        _valid.Append(valid);
    }

    /// <summary>The arrays or maps of all rows; the caller owns them.</summary>
    /// <param name="type">Their type.</param>
    /// <param name="items">What the numbers count; borrowed.</param>
    public Column Build(DataType type, Column items) => Finish(type, Take.Rows(items, _picks.Values));

    /// <summary>Maps of all rows, of keys and values that the same numbers count; the caller owns them.</summary>
    public Column BuildMap(DataType type, Column keys, ReadOnlySpan<int> valuePicks, Column values)
    {
        Column takenKeys = Take.Rows(keys, _picks.Values);
        Column? takenValues = null;
        try
        {
            takenValues = Take.Rows(values, valuePicks);
        }
        finally
        {
            if (takenValues is null)
            {
                takenKeys.Dispose();
            }
        }

        return Finish(type, new StructColumn(ListColumn.ItemType(type), takenKeys.Length, [takenKeys, takenValues!]));
    }

    public void Dispose()
    {
        _offsets?.Dispose();
        _offsets = null;
        _picks.Dispose();
        _valid.Dispose();
    }

    private Column Finish(DataType type, Column taken)
    {
        using Column list = new ListColumn(type, _rows, _offsets!, taken);
        _offsets = null;
        using Column valid = _valid.Build();
        return list.WithNulls(((BooleanColumn)valid).Values);
    }
}
