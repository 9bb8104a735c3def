using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>
/// All rows of all groups, for aggregates that need them at the end. Rows are kept in the order in which they come; they are
/// brought into the order of their groups when the groups are read.
/// </summary>
/// <param name="types">Types of the columns.</param>
internal sealed unsafe class RowStore(IReadOnlyList<DataType> types) : IDisposable
{
    private readonly ColumnBuilder[] _builders = [.. types.Select(t => ColumnBuilder.Create(t, 0))];
    private readonly GrowingArray<int> _groups = new();
    private readonly GrowingArray<int> _starts = new();
    private readonly GrowingArray<int> _order = new();
    private Column[]? _columns;
    private int _count;
    private int _groupCount;
    private long _bytes;
    private bool _sorted;

    /// <summary>A list of the rows of a group, as states are exported.</summary>
    public DataType StateType { get; } = DataType.List(DataType.Struct([.. types.Select((t, i) => new Field($"v{i}", t))]));

    public long ByteSize => _bytes + _groups.ByteSize + _order.ByteSize + _starts.ByteSize;

    public void Resize(int groups)
    {
        _groupCount = Math.Max(_groupCount, groups);
        _sorted = false;
    }

    /// <summary>Adds rows.</summary>
    public void Add(ReadOnlySpan<int> groups, ReadOnlySpan<Vector> columns)
    {
        for (int i = 0; i < _builders.Length; i++)
        {
            using Column column = columns[i].ToColumn(groups.Length);
            AddColumn(i, column);
        }

        AddGroups(groups);
    }

    /// <summary>Adds exported rows: list i to group <c>groups[i]</c>.</summary>
    public void Import(Column states, ReadOnlySpan<int> groups)
    {
        var lists = (ListColumn)states;
        ReadOnlySpan<int> offsets = lists.Offsets;
        int first = offsets[0];
        int rows = offsets[^1] - first;
        var items = (StructColumn)lists.Items;
        for (int i = 0; i < _builders.Length; i++)
        {
            using Column used = items.Fields[i].Slice(first, rows);
            AddColumn(i, used);
        }

        using NativeBuffer memory = BufferPool.Rent(rows * sizeof(int));
        var repeated = new Span<int>(memory.Pointer, rows);
        for (int i = 0; i < groups.Length; i++)
        {
            repeated[(offsets[i] - first)..(offsets[i + 1] - first)].Fill(groups[i]);
        }

        AddGroups(repeated);
    }

    /// <summary>The numbers of a group's rows in the order in which they came; dead after the next rows.</summary>
    public ReadOnlySpan<int> Rows(int group)
    {
        Sort();
        return new(_order.Pointer + _starts.Pointer[group], _starts.Pointer[group + 1] - _starts.Pointer[group]);
    }

    /// <summary>The numbers of the rows of several groups, group by group.</summary>
    public ReadOnlySpan<int> Rows(int start, int count)
    {
        Sort();
        return new(_order.Pointer + _starts.Pointer[start], _starts.Pointer[start + count] - _starts.Pointer[start]);
    }

    /// <summary>A column of all rows; borrowed until the next rows.</summary>
    public Column Column(int column)
    {
        Seal();
        return _columns![column];
    }

    /// <summary>The rows of some groups as lists, which the caller owns.</summary>
    public Column Export(int start, int count)
    {
        ReadOnlySpan<int> rows = Rows(start, count);
        Seal();
        var fields = new Column[types.Count];
        for (int i = 0; i < fields.Length; i++)
        {
            fields[i] = Take.Rows(_columns![i], rows);
        }

        return Lists(StateType, new StructColumn(StateType.Element.Type, rows.Length, fields), start, count, nullIfEmpty: false);
    }

    /// <summary>Items that go with the rows of some groups as a list for each group. Takes the items over.</summary>
    public ListColumn Lists(DataType type, Column items, int start, int count, bool nullIfEmpty)
    {
        Sort();
        NativeBuffer offsets = BufferPool.Rent((count + 1) * sizeof(int));
        NativeBuffer? validity = null;
        var target = (int*)offsets.Pointer;
        int first = _starts.Pointer[start];
        target[0] = 0;
        for (int i = 0; i < count; i++)
        {
            target[i + 1] = _starts.Pointer[start + i + 1] - first;
            if (nullIfEmpty && target[i + 1] == target[i])
            {
                if (validity is null)
                {
                    validity = KernelMemory.RentBits(count);
                    Bits.Fill(validity.Pointer, 0, count, true);
                }

                Bits.Clear(validity.Pointer, i);
            }
        }

        return new ListColumn(type, count, offsets, items, validity);
    }

    /// <summary>Forgets the rows of some groups.</summary>
    public void Clear(int start, int count)
    {
        if (_count == 0)
        {
            return;
        }

        var kept = new List<int>();
        for (int row = 0; row < _count; row++)
        {
            if (_groups.Pointer[row] < start || _groups.Pointer[row] >= start + count)
            {
                kept.Add(row);
            }
        }

        int[] rows = [.. kept];
        Seal();
        Column[] columns = Array.ConvertAll(_columns!, c => Take.Rows(c, rows));
        int[] groups = Array.ConvertAll(rows, r => _groups.Pointer[r]);
        Forget();
        for (int i = 0; i < columns.Length; i++)
        {
            AddColumn(i, columns[i]);
            columns[i].Dispose();
        }

        AddGroups(groups);
    }

    public void Dispose()
    {
        Forget();
        Array.ForEach(_builders, b => b.Dispose());
        _groups.Dispose();
        _starts.Dispose();
        _order.Dispose();
    }

    private void AddColumn(int index, Column column)
    {
        _builders[index].AppendRange(column, 0, column.Length);

        // Memory grows by doubling.
        _bytes += column.ByteSize * 2;
    }

    private void AddGroups(ReadOnlySpan<int> groups)
    {
        _groups.Resize(_count + groups.Length);
        groups.CopyTo(new Span<int>(_groups.Pointer + _count, groups.Length));
        _count += groups.Length;
        _sorted = false;
    }

    // What came since the last time goes behind what is there.
    private void Seal()
    {
        if (_columns is not null && _columns.Length > 0 && _columns[0].Length == _count)
        {
            return;
        }

        Column[] added = Array.ConvertAll(_builders, b => b.Build());
        if (_columns is null)
        {
            _columns = added;
            return;
        }

        for (int i = 0; i < added.Length; i++)
        {
            Column all = Concat.Columns([_columns[i], added[i]]);
            _columns[i].Dispose();
            added[i].Dispose();
            _columns[i] = all;
        }
    }

    // Counts rows of each group, then places them.
    private void Sort()
    {
        if (_sorted)
        {
            return;
        }

        _starts.Resize(_groupCount + 2);
        _order.Resize(_count);
        int* starts = _starts.Pointer;
        new Span<int>(starts, _groupCount + 2).Clear();
        for (int row = 0; row < _count; row++)
        {
            starts[_groups.Pointer[row] + 2]++;
        }

        for (int group = 2; group <= _groupCount; group++)
        {
            starts[group] += starts[group - 1];
        }

        for (int row = 0; row < _count; row++)
        {
            _order.Pointer[starts[_groups.Pointer[row] + 1]++] = row;
        }

        _sorted = true;
    }

    private void Forget()
    {
        foreach (Column column in _columns ?? [])
        {
            column.Dispose();
        }

        _columns = null;
        Array.ForEach(_builders, b => b.Truncate(0));
        _count = 0;
        _bytes = 0;
        _sorted = false;
    }
}
