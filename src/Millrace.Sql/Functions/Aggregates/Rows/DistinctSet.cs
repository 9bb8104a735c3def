using System.Runtime.InteropServices;
using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>
/// The different combinations of arguments of each group, once for all aggregates of these arguments, however their filters
/// differ: a bit for each aggregate says that it has got the combination. The state, a list of combinations with their bits, is
/// that of the first aggregate; the others have none of their own. One thread uses it.
/// </summary>
internal sealed unsafe class DistinctSet : IDisposable
{
    /// <summary>So many aggregates have a bit.</summary>
    public const int MaxMembers = 32;

    private readonly Accumulator[] _members;
    private readonly DataType[] _keys;
    private readonly DataType _stateType;
    private readonly GrowingArray<uint> _bits = new();
    private readonly GrowingArray<int> _numbers = new();
    private readonly List<int>[] _fresh;
    private GroupTable _table;
    private GroupedKeys? _grouped;
    private int _groups;

    /// <param name="members">What the combinations are given to, one for each aggregate; taken over.</param>
    /// <param name="arguments">Types of the arguments.</param>
    public DistinctSet(Accumulator[] members, IReadOnlyList<DataType> arguments)
    {
        _members = members;
        _keys = [DataType.Int32, .. arguments];
        _table = GroupTable.Create(_keys);
        _fresh = [.. members.Select(_ => new List<int>())];
        _stateType = DataType.List(DataType.Struct([.. arguments.Select((t, i) => new Field($"v{i}", t)), new Field("bits", DataType.Int32)]));
        All = [new First(this), .. members.Skip(1).Select(m => new Other(m))];
    }

    /// <summary>The accumulators of the aggregates, in their order. Rows are added here, and not to them.</summary>
    public IReadOnlyList<Accumulator> All { get; }

    /// <summary>Adds rows.</summary>
    /// <param name="groups">The group of each row.</param>
    /// <param name="columns">The arguments, borrowed.</param>
    /// <param name="bits">For each row the aggregates that it counts for; at least one.</param>
    public void Update(ReadOnlySpan<int> groups, Column[] columns, ReadOnlySpan<uint> bits)
    {
        ReadOnlySpan<int> numbers = Find(groups, columns);
        uint* known = _bits.Pointer;
        for (int row = 0; row < numbers.Length; row++)
        {
            uint fresh = bits[row] & ~known[numbers[row]];
            known[numbers[row]] |= fresh;
            for (; fresh != 0; fresh &= fresh - 1)
            {
                _fresh[System.Numerics.BitOperations.TrailingZeroCount(fresh)].Add(row);
            }
        }

        for (int member = 0; member < _fresh.Length; member++)
        {
            if (_fresh[member].Count > 0)
            {
                Give(_members[member], CollectionsMarshal.AsSpan(_fresh[member]), groups, columns);
                _fresh[member].Clear();
            }
        }
    }

    public void Dispose()
    {
        Array.ForEach(_members, m => m.Dispose());
        _table.Dispose();
        _bits.Dispose();
        _numbers.Dispose();
        _grouped?.Dispose();
    }

    private static void Give(Accumulator member, ReadOnlySpan<int> rows, ReadOnlySpan<int> groups, Column[] columns)
    {
        var chosen = new int[rows.Length];
        for (int i = 0; i < chosen.Length; i++)
        {
            chosen[i] = groups[rows[i]];
        }

        var given = new Vector[columns.Length];
        int made = 0;
        try
        {
            for (; made < given.Length; made++)
            {
                given[made] = new Vector(Take.Rows(columns[made], rows));
            }

            member.Update(chosen, given, default);
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
        _grouped?.Dispose();
        _grouped = null;
        _numbers.Resize(groups.Length);
        NativeBuffer copy = BufferPool.Rent(groups.Length * sizeof(int));
        groups.CopyTo(new Span<int>(copy.Pointer, groups.Length));
        using var group = new FixedColumn<int>(DataType.Int32, groups.Length, copy);
        var numbers = new Span<int>(_numbers.Pointer, groups.Length);
        _table.Find([group, .. columns], groups.Length, numbers);
        _bits.Resize(_table.Count);
        return numbers;
    }

    private void Resize(int groups)
    {
        _groups = Math.Max(_groups, groups);
        Array.ForEach(_members, m => m.Resize(groups));
    }

    private Column Export(int start, int count)
    {
        _grouped ??= new GroupedKeys(_table.CopyKeys(), _groups);
        ReadOnlySpan<int> rows = _grouped.Rows(start, count);
        var fields = new Column[_keys.Length];
        for (int i = 1; i < _keys.Length; i++)
        {
            fields[i - 1] = Take.Rows(_grouped.Keys[i], rows);
        }

        NativeBuffer bits = BufferPool.Rent(rows.Length * sizeof(uint));
        for (int i = 0; i < rows.Length; i++)
        {
            ((uint*)bits.Pointer)[i] = _bits.Pointer[rows[i]];
        }

        fields[^1] = new FixedColumn<int>(DataType.Int32, rows.Length, bits);
        return new ListColumn(_stateType, count, _grouped.Offsets(start, count), new StructColumn(_stateType.Element.Type, rows.Length, fields));
    }

    private void Import(Column states, ReadOnlySpan<int> groups)
    {
        var lists = (ListColumn)states;
        ReadOnlySpan<int> offsets = lists.Offsets;
        int rows = offsets[^1] - offsets[0];
        using NativeBuffer memory = BufferPool.Rent(rows * sizeof(int));
        var repeated = new Span<int>(memory.Pointer, rows);
        for (int i = 0; i < groups.Length; i++)
        {
            repeated[(offsets[i] - offsets[0])..(offsets[i + 1] - offsets[0])].Fill(groups[i]);
        }

        using var items = (StructColumn)lists.Items.Slice(offsets[0], rows);
        Update(repeated, [.. items.Fields.Take(_keys.Length - 1)], MemoryMarshal.Cast<int, uint>(((FixedColumn<int>)items.Fields[^1]).Values));
    }

    // What stays is learnt anew.
    private void Clear(int start, int count)
    {
        Array.ForEach(_members, m => m.Clear(start, count));
        using var all = new GroupedKeys(_table.CopyKeys(), _groups);
        ReadOnlySpan<int> groups = ((FixedColumn<int>)all.Keys[0]).Values;
        var kept = new List<int>();
        for (int number = 0; number < groups.Length; number++)
        {
            if (groups[number] < start || groups[number] >= start + count)
            {
                kept.Add(number);
            }
        }

        int[] keptGroups = new int[kept.Count];
        for (int i = 0; i < keptGroups.Length; i++)
        {
            // Numbers only become smaller, so that none is overwritten that is still to be read.
            keptGroups[i] = groups[kept[i]];
            _bits.Pointer[i] = _bits.Pointer[kept[i]];
        }

        new Span<uint>(_bits.Pointer + keptGroups.Length, _bits.Length - keptGroups.Length).Clear();
        _table.Dispose();
        _table = GroupTable.Create(_keys);
        Column[] columns = [.. all.Keys.Skip(1).Select(k => Take.Rows(k, CollectionsMarshal.AsSpan(kept)))];
        Find(keptGroups, columns);
        Array.ForEach(columns, c => c.Dispose());
    }

    /// <summary>The first aggregate, whose state is that of all.</summary>
    private sealed class First(DistinctSet set) : Accumulator
    {
        public override DataType Type => set._members[0].Type;

        public override IReadOnlyList<DataType> StateTypes => [set._stateType];

        public override bool KeepsRows => true;

        public override long ByteSize => set._table.ByteSize + set._bits.ByteSize + set._numbers.ByteSize + set._members.Sum(m => m.ByteSize);

        public override void Resize(int groups) => set.Resize(groups);

        public override void Update(ReadOnlySpan<int> groups, ReadOnlySpan<Vector> arguments, ReadOnlySpan<long> weights)
            => throw new System.Diagnostics.UnreachableException("Rows are added to the set.");

        public override Column Results(int start, int count, RowFaults faults) => set._members[0].Results(start, count, faults);

        public override Column Results(ReadOnlySpan<int> groups, RowFaults faults) => set._members[0].Results(groups, faults);

        public override Column[] Export(int start, int count) => [set.Export(start, count)];

        public override void Import(ReadOnlySpan<Column> states, ReadOnlySpan<int> groups) => set.Import(states[0], groups);

        public override void Clear(int start, int count) => set.Clear(start, count);

        public override void Dispose() => set.Dispose();
    }

    /// <summary>Another aggregate: all but its results is the first one's matter.</summary>
    private sealed class Other(Accumulator member) : Accumulator
    {
        public override DataType Type => member.Type;

        public override IReadOnlyList<DataType> StateTypes => [];

        public override bool KeepsRows => true;

        public override long ByteSize => 0;

        public override void Resize(int groups)
        {
        }

        public override void Update(ReadOnlySpan<int> groups, ReadOnlySpan<Vector> arguments, ReadOnlySpan<long> weights)
            => throw new System.Diagnostics.UnreachableException("Rows are added to the set.");

        public override Column Results(int start, int count, RowFaults faults) => member.Results(start, count, faults);

        public override Column Results(ReadOnlySpan<int> groups, RowFaults faults) => member.Results(groups, faults);

        public override Column[] Export(int start, int count) => [];

        public override void Import(ReadOnlySpan<Column> states, ReadOnlySpan<int> groups)
        {
        }

        public override void Merge(ReadOnlySpan<int> from, ReadOnlySpan<int> to)
        {
        }

        public override void Clear(int start, int count)
        {
        }

        public override void Dispose()
        {
        }
    }
}
