using System.Runtime.InteropServices;
using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>The groups of a slice and the states of their aggregates.</summary>
internal sealed unsafe class GroupSlice : WindowSlice
{
    private const byte Unsaved = 1;
    private const byte Changed = 2;

    private readonly WindowPlan _plan;
    private readonly WindowId _id;
    private readonly LaneFaults _faults;
    private readonly GroupTable _table;
    private readonly AggregateStates _states;
    private readonly byte _marksOfAdded;

    // How many rows each group has; null where none is taken back, so that every group has some.
    private readonly GrowingArray<long>? _rows;
    private readonly GrowingArray<int> _groups;
    private readonly List<int> _unsaved = [];
    private readonly List<int> _changed = [];
    private byte[] _marks = [];
    private GivenRows? _given;

    // Groups before this one are in saved state.
    private int _saved;

    /// <param name="plan">What is done.</param>
    /// <param name="id">Which slice it is.</param>
    /// <param name="faults">Takes groups without a result.</param>
    /// <param name="groups">Room for the groups of the rows of a batch, shared by the slices of a lane.</param>
    public GroupSlice(WindowPlan plan, WindowId id, LaneFaults faults, GrowingArray<int> groups)
    {
        (_plan, _id, _faults, _groups) = (plan, id, faults, groups);
        _table = GroupTable.Create(plan.Aggregates.KeyTypes);
        _states = new AggregateStates(plan.Aggregates);
        _rows = plan.TakesChanges ? new GrowingArray<long>() : null;
        _marksOfAdded = (byte)(Unsaved | (plan.Emission == WindowEmission.Once ? 0 : Changed));
        Resize();
    }

    public override bool HasChanges => _changed.Count > 0;

    public override StateSize Size => new(_table.Count, _table.ByteSize + _states.ByteSize + _marks.Length + (_given?.ByteSize ?? 0));

    public override void Add(ReadOnlySpan<Vector> vectors, int rows, ReadOnlySpan<long> weights)
    {
        var keys = new Column[_plan.Aggregates.Keys];
        int made = 0;
        try
        {
            for (; made < keys.Length; made++)
            {
                keys[made] = vectors[made].ToColumn(rows);
            }

            ReadOnlySpan<int> groups = Find(keys, rows);
            Count(groups, weights);
            _states.Update(groups, vectors, single: keys.Length == 0, weights);
        }
        finally
        {
            for (int i = 0; i < made; i++)
            {
                keys[i].Dispose();
            }
        }
    }

    /// <summary>Adds the groups of another slice to those of this one.</summary>
    public void Add(GroupSlice other)
    {
        if (other._table.Count == 0)
        {
            return;
        }

        Column[] keys = other._table.CopyKeys();
        List<Column> states = other._states.Export(0, other._table.Count);
        try
        {
            ReadOnlySpan<int> groups = Find(keys, other._table.Count);
            Count(groups, other._rows is null ? default : new ReadOnlySpan<long>(other._rows.Pointer, other._table.Count));
            _states.Import(CollectionsMarshal.AsSpan(states), groups);
        }
        finally
        {
            Array.ForEach(keys, k => k.Dispose());
            states.ForEach(s => s.Dispose());
        }
    }

    /// <summary>Adds the states of a group that another stage made; borrowed.</summary>
    /// <param name="state">One row in <see cref="WindowPlan.StateSchema"/>.</param>
    public void Merge(RecordBatch state)
    {
        Column[] columns = [.. state.Columns];
        int keys = _plan.Aggregates.Keys;
        ReadOnlySpan<int> groups = Find(columns.AsSpan(1, keys), 1);
        Count(groups, default);
        _states.Import(columns.AsSpan(1 + keys, columns.Length - keys - 2), groups);
    }

    public override void EmitAll(Action<RecordBatch> emit)
    {
        Column[] keys = _table.CopyKeys();
        try
        {
            for (int start = 0; start < _table.Count; start += RecordBatch.DefaultRows)
            {
                emit(ReadRange(keys, start, Math.Min(RecordBatch.DefaultRows, _table.Count - start)));
            }
        }
        finally
        {
            Array.ForEach(keys, k => k.Dispose());
        }
    }

    public override void EmitChanges(Action<RecordBatch> emit)
    {
        _changed.Sort();
        _given ??= new GivenRows();
        List<RecordBatch> old = _given.Take(_changed);
        List<RecordBatch> now = [];
        try
        {
            ReadChanged(now);
            if (old.Count == 0)
            {
                now.ForEach(rows => emit(Weights.Join(rows, 1)));
            }
            else
            {
                RowDifference.Emit(_plan.Schema, old, now, emit);
            }
        }
        finally
        {
            old.ForEach(b => b.Dispose());
            now.ForEach(b => b.Dispose());
        }

        foreach (int group in _changed)
        {
            _marks[group] &= unchecked((byte)~Changed);
        }

        _changed.Clear();
    }

    public override void TakeAsGiven()
    {
        _given ??= new GivenRows();
        Mark(Enumerable.Range(0, _table.Count), Changed);
        _changed.Sort();
        _given.Take(_changed).ForEach(b => b.Dispose());
        var rows = new List<RecordBatch>();
        ReadChanged(rows);
        rows.ForEach(b => b.Dispose());
        _changed.ForEach(group => _marks[group] &= unchecked((byte)~Changed));
        _changed.Clear();
    }

    public override void Export(IStateWriter writer, bool full)
    {
        if (full)
        {
            Mark(Enumerable.Range(0, _table.Count), Unsaved);
        }

        if (_unsaved.Count == 0)
        {
            return;
        }

        _unsaved.Sort();
        using RecordBatch all = State();
        Write(writer, StateChange.Put, all, g => _rows is null || _rows.Pointer[g] != 0);
        if (_rows is not null && !full)
        {
            using RecordBatch identities = all.Select([.. Enumerable.Range(0, _plan.Aggregates.Keys + 1)]);
            Write(writer, StateChange.Remove, identities, g => _rows.Pointer[g] == 0 && g < _saved);
        }

        _unsaved.ForEach(group => _marks[group] &= unchecked((byte)~Unsaved));
        _unsaved.Clear();
        _saved = _table.Count;
    }

    public override void Import(StateChange change, RecordBatch rows)
    {
        Column[] columns = [.. rows.Columns];
        int keys = _plan.Aggregates.Keys;
        int before = _table.Count;
        ReadOnlySpan<int> groups = Find(columns.AsSpan(1, keys), rows.Length);
        foreach (int group in groups)
        {
            if (group < before)
            {
                _states.Clear(group, 1);
            }
        }

        if (change == StateChange.Put)
        {
            _states.Import(columns.AsSpan(1 + keys, columns.Length - keys - 2), groups);
        }

        for (int row = 0; _rows is not null && row < groups.Length; row++)
        {
            _rows.Pointer[groups[row]] = change == StateChange.Put ? ((FixedColumn<long>)columns[^1]).Values[row] : 0;
        }

        if (_plan.Emission != WindowEmission.Once)
        {
            Mark(groups.ToArray(), Changed);
        }

        _saved = _table.Count;
    }

    public override (StateChange Change, RecordBatch Rows)? Retire()
    {
        if (_saved == 0)
        {
            return null;
        }

        Column[] keys = _table.CopyKeys();
        Schema schema = _plan.StateSchema.Select([.. Enumerable.Range(0, keys.Length + 1)]);
        var rows = new RecordBatch(schema, _saved, [_plan.BoundColumn(_id, _saved), .. keys.Select(k => k.Slice(0, _saved))]);
        Array.ForEach(keys, k => k.Dispose());
        return (StateChange.Remove, rows);
    }

    public override void Dispose()
    {
        _table.Dispose();
        _states.Dispose();
        _rows?.Dispose();
        _given?.Dispose();
    }

    private Span<int> Find(ReadOnlySpan<Column> keys, int rows)
    {
        _groups.Resize(rows);
        var groups = new Span<int>(_groups.Pointer, rows);
        _table.Find(keys, rows, groups);
        Resize();
        return groups;
    }

    private void Resize()
    {
        _states.Resize(_table.Count);
        _rows?.Resize(_table.Count);
        if (_marks.Length < _table.Count)
        {
            Array.Resize(ref _marks, Math.Max(_table.Count, _marks.Length * 2));
        }
    }

    // Marks the groups of rows that were added, and counts the rows.
    private void Count(ReadOnlySpan<int> groups, ReadOnlySpan<long> weights)
    {
        byte wanted = _marksOfAdded;
        byte[] marks = _marks;
        foreach (int group in groups)
        {
            if ((marks[group] & wanted) != wanted)
            {
                Mark(group, wanted);
            }
        }

        for (int row = 0; _rows is not null && row < groups.Length; row++)
        {
            _rows.Pointer[groups[row]] += weights.IsEmpty ? 1 : weights[row];
        }
    }

    private void Mark(IEnumerable<int> groups, byte wanted)
    {
        foreach (int group in groups)
        {
            Mark(group, wanted);
        }
    }

    private void Mark(int group, byte wanted)
    {
        int missing = wanted & ~_marks[group];
        _marks[group] |= wanted;
        if ((missing & Unsaved) != 0)
        {
            _unsaved.Add(group);
        }

        if ((missing & Changed) != 0)
        {
            _changed.Add(group);
        }
    }

    // Results of the groups that changed, which are then those that were given.
    private void ReadChanged(List<RecordBatch> into)
    {
        if (_changed.Count == 0)
        {
            return;
        }

        Column[] keys = _table.CopyKeys();
        try
        {
            int[] groups = [.. _changed];
            RowFaults faults = _faults.Start();
            Column[] own = ColumnArrays.Make(keys.Length, (keys, groups), static (s, i) => Take.Rows(s.keys[i], s.groups));
            Column[] aggregates = ColumnArrays.Make(_plan.Aggregates.Calls.Count, (states: _states, groups, faults), static (s, i) => s.states.Results(i, s.groups, s.faults));
            RecordBatch rows = WithResult(_plan.Result(_id, own, aggregates, groups.Length), faults, ref groups);
            into.Add(rows);
            _given!.Set(groups, rows);
        }
        finally
        {
            Array.ForEach(keys, k => k.Dispose());
        }
    }

    private RecordBatch ReadRange(Column[] keys, int start, int count)
    {
        RowFaults faults = _faults.Start();
        Column[] own = ColumnArrays.Make(keys.Length, (keys, start, count), static (s, i) => s.keys[i].Slice(s.start, s.count));
        Column[] aggregates = ColumnArrays.Make(_plan.Aggregates.Calls.Count, (states: _states, start, count, faults), static (s, i) => s.states.Results(i, s.start, s.count, s.faults));
        int[] groups = [.. Enumerable.Range(start, count)];
        return WithResult(_plan.Result(_id, own, aggregates, count), faults, ref groups);
    }

    // Leaves groups without rows or without a result out.
    private RecordBatch WithResult(RecordBatch all, RowFaults faults, ref int[] groups)
    {
        if (!faults.Any && _rows is null)
        {
            return all;
        }

        using (all)
        {
            _faults.Tell(all);
            HashSet<int> without = [.. faults.All.Select(f => f.Row)];
            var rows = new List<int>();
            for (int row = 0; row < groups.Length; row++)
            {
                if (!without.Contains(row) && (_rows is null || _rows.Pointer[groups[row]] != 0))
                {
                    rows.Add(row);
                }
            }

            int[] of = groups;
            groups = [.. rows.Select(row => of[row])];
            return Take.Rows(all, CollectionsMarshal.AsSpan(rows));
        }
    }

    private RecordBatch State()
    {
        int count = _table.Count;
        using var rows = new FixedBuilder<long>(DataType.Int64, count);
        Span<long> counts = rows.AppendUninitialized(count);
        counts.Fill(1);
        if (_rows is not null)
        {
            new ReadOnlySpan<long>(_rows.Pointer, count).CopyTo(counts);
        }

        return new RecordBatch(_plan.StateSchema, count, [_plan.BoundColumn(_id, count), .. _table.CopyKeys(), .. _states.Export(0, count), rows.Build()]);
    }

    private void Write(IStateWriter writer, StateChange change, RecordBatch all, Func<int, bool> isWanted)
    {
        int[] groups = [.. _unsaved.Where(isWanted)];
        if (groups.Length > 0)
        {
            using RecordBatch rows = groups.Length == all.Length ? all.Share() : Take.Rows(all, groups);
            writer.Write(WindowAggregateStage.StateName, change, rows);
        }
    }
}
