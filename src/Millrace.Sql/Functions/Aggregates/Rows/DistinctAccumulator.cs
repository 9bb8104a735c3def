using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>
/// Gives another accumulator each combination of arguments once a group. Its state is a list of the combinations, from which
/// the other's follows.
/// </summary>
/// <param name="inner">Taken over.</param>
/// <param name="arguments">Types of the arguments.</param>
internal sealed unsafe class DistinctAccumulator(Accumulator inner, IReadOnlyList<DataType> arguments) : RowAccumulator(inner.Type, [.. arguments])
{
    private readonly GrowingArray<int> _numbers = new();
    private readonly DataType[] _keys = [DataType.Int32, .. arguments];
    private GroupTable _seen = GroupTable.Create([DataType.Int32, .. arguments]);
    private int _groups;

    public override long ByteSize => base.ByteSize + _seen.ByteSize + inner.ByteSize;

    public override void Resize(int groups)
    {
        _groups = Math.Max(_groups, groups);
        base.Resize(groups);
        inner.Resize(groups);
    }

    public override void Update(ReadOnlySpan<int> groups, ReadOnlySpan<Vector> arguments, ReadOnlySpan<long> weights)
    {
        int rows = groups.Length;
        var columns = new Column[arguments.Length];
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = arguments[i].ToColumn(rows);
        }

        try
        {
            Update(groups, columns);
        }
        finally
        {
            Array.ForEach(columns, c => c.Dispose());
        }
    }

    public override void Import(ReadOnlySpan<Column> states, ReadOnlySpan<int> groups)
    {
        var lists = (ListColumn)states[0];
        ReadOnlySpan<int> offsets = lists.Offsets;
        int rows = offsets[^1] - offsets[0];
        using NativeBuffer memory = BufferPool.Rent(rows * sizeof(int));
        var repeated = new Span<int>(memory.Pointer, rows);
        for (int i = 0; i < groups.Length; i++)
        {
            repeated[(offsets[i] - offsets[0])..(offsets[i + 1] - offsets[0])].Fill(groups[i]);
        }

        using var items = (StructColumn)lists.Items.Slice(offsets[0], rows);
        Update(repeated, [.. items.Fields]);
    }

    public override Column Results(int start, int count, RowFaults faults) => inner.Results(start, count, faults);

    public override void Clear(int start, int count)
    {
        // What stays is learnt anew.
        base.Clear(start, count);
        inner.Clear(start, count);
        _seen.Dispose();
        _seen = GroupTable.Create(_keys);
        using Column kept = Rows.Export(0, _groups);
        var lists = (ListColumn)kept;
        var groups = new List<int>();
        for (int group = 0; group < _groups; group++)
        {
            groups.AddRange(Enumerable.Repeat(group, lists.Offsets[group + 1] - lists.Offsets[group]));
        }

        Find([.. groups], [.. ((StructColumn)lists.Items).Fields]);
    }

    public override void Dispose()
    {
        inner.Dispose();
        _seen.Dispose();
        _numbers.Dispose();
        base.Dispose();
    }

    private void Update(ReadOnlySpan<int> groups, Column[] columns)
    {
        int before = _seen.Count;
        ReadOnlySpan<int> numbers = Find(groups, columns);
        if (_seen.Count == before)
        {
            return;
        }

        // The first row of each number beyond those known is new.
        using NativeBuffer memory = BufferPool.Rent((_seen.Count - before) * sizeof(int) * 2);
        var fresh = new Span<int>(memory.Pointer, _seen.Count - before);
        var freshGroups = new Span<int>((int*)memory.Pointer + fresh.Length, fresh.Length);
        for (int row = 0, next = before; row < numbers.Length; row++)
        {
            if (numbers[row] == next)
            {
                fresh[next - before] = row;
                freshGroups[next++ - before] = groups[row];
            }
        }

        var given = new Vector[columns.Length];
        int made = 0;
        try
        {
            for (; made < given.Length; made++)
            {
                given[made] = new Vector(Take.Rows(columns[made], fresh));
            }

            Rows.Add(freshGroups, given);
            inner.Update(freshGroups, given, default);
        }
        finally
        {
            for (int i = 0; i < made; i++)
            {
                given[i].Dispose();
            }
        }
    }

    private ReadOnlySpan<int> Find(ReadOnlySpan<int> groups, Column[] columns)
    {
        _numbers.Resize(groups.Length);
        NativeBuffer copy = BufferPool.Rent(groups.Length * sizeof(int));
        groups.CopyTo(new Span<int>(copy.Pointer, groups.Length));
        using var group = new FixedColumn<int>(DataType.Int32, groups.Length, copy);
        var numbers = new Span<int>(_numbers.Pointer, groups.Length);
        _seen.Find([group, .. columns], groups.Length, numbers);
        return numbers;
    }
}
