using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>What is made of how often each value stands in a group.</summary>
internal enum CountFold
{
    /// <summary>The most frequent value, of equally frequent ones the least.</summary>
    Mode,

    /// <summary>The most frequent values as an array.</summary>
    Top,

    /// <summary>Values and their counts as a map, in the order of the values.</summary>
    Histogram,

    /// <summary>Bits of information in a value.</summary>
    Entropy,
}

/// <summary>Counts each value of each group. Its state is a list of values with their counts.</summary>
/// <param name="fold">What is made of it.</param>
/// <param name="type">Type of the result.</param>
/// <param name="value">Type of the values.</param>
/// <param name="top">How many values of <see cref="CountFold.Top"/>.</param>
internal sealed unsafe class ValueCounts(CountFold fold, DataType type, DataType value, long top) : Accumulator
{
    private readonly DataType _state = DataType.List(DataType.Struct(new Field("value", value), new Field("count", DataType.Int64)));
    private readonly GrowingArray<int> _numbers = new();
    private readonly GrowingArray<long> _counts = new();
    private RowStore _rows = new([value]);
    private GroupTable _table = GroupTable.Create([DataType.Int32, value]);
    private int _groups;

    public override DataType Type => type;

    public override IReadOnlyList<DataType> StateTypes => [_state];

    public override bool Retracts => true;

    public override bool KeepsRows => true;

    public override long ByteSize => _table.ByteSize + _counts.ByteSize + _rows.ByteSize;

    public override void Resize(int groups)
    {
        _groups = Math.Max(_groups, groups);
        _rows.Resize(groups);
    }

    public override void Update(ReadOnlySpan<int> groups, ReadOnlySpan<Vector> arguments, ReadOnlySpan<long> weights)
    {
        using Column values = arguments[0].ToColumn(groups.Length);
        Add(groups, values, weights);
    }

    public override Column Results(int start, int count, RowFaults faults)
    {
        using ColumnBuilder builder = ColumnBuilder.Create(type, count);
        for (int group = start; group < start + count; group++)
        {
            int[] rows = Array.FindAll(_rows.Rows(group).ToArray(), r => _counts.Pointer[r] > 0);
            if (rows.Length == 0)
            {
                builder.AppendNull();
                continue;
            }

            Append(builder, rows);
        }

        return builder.Build();
    }

    public override Column[] Export(int start, int count)
    {
        ReadOnlySpan<int> rows = _rows.Rows(start, count);
        using var counts = new FixedBuilder<long>(DataType.Int64, rows.Length);
        foreach (int row in rows)
        {
            counts.Append(_counts.Pointer[row]);
        }

        var entries = new StructColumn(_state.Element.Type, rows.Length, [Take.Rows(_rows.Column(0), rows), counts.Build()]);
        return [_rows.Lists(_state, entries, start, count, nullIfEmpty: false)];
    }

    public override void Import(ReadOnlySpan<Column> states, ReadOnlySpan<int> groups)
    {
        var lists = (ListColumn)states[0];
        ReadOnlySpan<int> offsets = lists.Offsets;
        int rows = offsets[^1] - offsets[0];
        var repeated = new int[rows];
        for (int i = 0; i < groups.Length; i++)
        {
            repeated.AsSpan((offsets[i] - offsets[0])..(offsets[i + 1] - offsets[0])).Fill(groups[i]);
        }

        using var items = (StructColumn)lists.Items.Slice(offsets[0], rows);
        Add(repeated, items.Fields[0], ((FixedColumn<long>)items.Fields[1]).Values);
    }

    public override void Clear(int start, int count)
    {
        int[] others = [.. Enumerable.Range(0, _groups).Where(g => g < start || g >= start + count)];
        Column[] before = start > 0 ? Export(0, start) : [];
        int behind = _groups - start - count;
        Column[] after = behind > 0 ? Export(start + count, behind) : [];
        _table.Dispose();
        _rows.Dispose();
        _table = GroupTable.Create([DataType.Int32, value]);
        _rows = new RowStore([value]);
        _rows.Resize(_groups);
        new Span<long>(_counts.Pointer, _counts.Length).Clear();
        if (before.Length > 0)
        {
            Import(before, others.AsSpan(0, start));
        }

        if (after.Length > 0)
        {
            Import(after, others.AsSpan(start));
        }

        Array.ForEach(before, c => c.Dispose());
        Array.ForEach(after, c => c.Dispose());
    }

    public override void Dispose()
    {
        _table.Dispose();
        _rows.Dispose();
        _numbers.Dispose();
        _counts.Dispose();
    }

    private void Add(ReadOnlySpan<int> groups, Column values, ReadOnlySpan<long> weights)
    {
        int before = _table.Count;
        _numbers.Resize(groups.Length);
        NativeBuffer copy = BufferPool.Rent(groups.Length * sizeof(int));
        groups.CopyTo(new Span<int>(copy.Pointer, groups.Length));
        using var group = new FixedColumn<int>(DataType.Int32, groups.Length, copy);
        var numbers = new Span<int>(_numbers.Pointer, groups.Length);
        _table.Find([group, values], groups.Length, numbers);
        _counts.Resize(_table.Count);
        var fresh = new List<int>();
        for (int row = 0; row < numbers.Length; row++)
        {
            if (numbers[row] == before + fresh.Count)
            {
                fresh.Add(row);
            }

            _counts.Pointer[numbers[row]] += weights.IsEmpty ? 1 : weights[row];
        }

        if (fresh.Count > 0)
        {
            int[] rows = [.. fresh];
            using var vector = new Vector(Take.Rows(values, rows));
            int[] freshGroups = new int[rows.Length];
            for (int i = 0; i < rows.Length; i++)
            {
                freshGroups[i] = groups[rows[i]];
            }

            _rows.Add(freshGroups, [vector]);
        }
    }

    private void Append(ColumnBuilder builder, int[] rows)
    {
        Column values = _rows.Column(0);
        switch (fold)
        {
            case CountFold.Mode:
                builder.AppendRange(values, Sorted(rows, byCount: true)[0], 1);
                break;
            case CountFold.Top:
                var list = (ListBuilder)builder;
                foreach (int row in Sorted(rows, byCount: true).Take((int)Math.Clamp(top, 0, int.MaxValue)))
                {
                    list.Items.AppendRange(values, row, 1);
                }

                list.AppendRow();
                break;
            case CountFold.Histogram:
                var map = (ListBuilder)builder;
                var entries = (StructBuilder)map.Items;
                foreach (int row in Sorted(rows, byCount: false))
                {
                    entries.Fields[0].AppendRange(values, row, 1);
                    ((FixedBuilder<long>)entries.Fields[1]).Append(_counts.Pointer[row]);
                    entries.AppendRow();
                }

                map.AppendRow();
                break;
            default:
                double total = rows.Sum(r => (double)_counts.Pointer[r]);
                ((FixedBuilder<double>)builder).Append(-rows.Sum(r => _counts.Pointer[r] / total * Math.Log2(_counts.Pointer[r] / total)) + 0.0);
                break;
        }
    }

    private int[] Sorted(int[] rows, bool byCount)
    {
        using Column values = Take.Rows(_rows.Column(0), rows);
        using var counts = new FixedBuilder<long>(DataType.Int64, rows.Length);
        foreach (int row in rows)
        {
            counts.Append(byCount ? _counts.Pointer[row] : 0);
        }

        using Column countColumn = counts.Build();
        var order = new int[rows.Length];
        Sort.Indices([new SortKey(countColumn, Descending: true), new SortKey(values)], order);
        return Array.ConvertAll(order, i => rows[i]);
    }
}
